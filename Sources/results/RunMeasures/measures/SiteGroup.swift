public import EditJobs

/// Attention sites of one stage, kind and size, and how often they took the source's maps.
public struct SiteGroup: Sendable, Hashable, Codable {
  /// The part of the UNet.
  public var stage: AttentionSite.Stage
  /// What its layers attend to.
  public var kind: AttentionSite.Kind
  /// Rows of the feature map.
  public var rows: Int
  /// Columns of the feature map.
  public var columns: Int
  /// How many sites it has.
  public var sites: Int
  /// Sites × steps that took something from the source.
  public var injected: Int
  /// Sites × steps that the edit's windows ask for, in the steps that were run.
  public var expected: Int

  /// The groups in call order; those that can never be injected are left out.
  ///
  /// - Parameters:
  ///   - run: what happened.
  ///   - edit: what was to happen.
  ///   - source: for the largest self-attention sites.
  ///   - model: the model's facts at the source's size.
  public static func groups(
    _ run: RunExplanation, _ edit: ResolvedEdit, source: SourceSpec, model: ModelFacts
  ) -> [SiteGroup] {
    let largest =
      source.selfMax.map { $0 * $0 } ?? model.controlRows * model.controlColumns
    let crossSteps = run.steps.count { edit.asksForCross(step: $0.step) }
    let selfSteps = run.steps.count { edit.selfWindow.contains($0.step) }
    var groups: [SiteGroup] = []
    for site in model.sites {
      let kind = site.name.kind
      guard kind == .cross || site.rows * site.columns <= largest else { continue }
      let injected = run.steps.count { $0.injected[site.name.description] != nil }
      let expected = kind == .cross ? crossSteps : selfSteps
      let group = SiteGroup(
        stage: site.name.stage, kind: kind, rows: site.rows, columns: site.columns, sites: 1,
        injected: injected, expected: expected)
      if let index = groups.firstIndex(where: { $0.isLike(group) }) {
        groups[index].sites += 1
        groups[index].injected += injected
        groups[index].expected += expected
      } else {
        groups.append(group)
      }
    }
    return groups
  }

  private func isLike(_ other: SiteGroup) -> Bool {
    (stage, kind, rows, columns) == (other.stage, other.kind, other.rows, other.columns)
  }
}

extension ResolvedEdit {
  /// Whether some token takes a cross map of the source in a step.
  func asksForCross(step: Int) -> Bool {
    (0..<textLength).contains { token in
      guard isOpen(token: token, step: step) else { return false }
      return switch mapper {
      case .replace(let columns): !columns[token].isEmpty
      case .refine(let sources): sources[token] != nil
      case .identity: true
      }
    }
  }
}
