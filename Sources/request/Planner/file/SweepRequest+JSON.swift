import EditJobs

extension SweepRequest {
  /// The request in canonical JSON, with every value spelt out: equal requests give equal texts.
  ///
  /// The client's key and the cap are not part of it: they say how to submit, not what.
  func canonicalJSON(
    models: [Submission.Model], name: String, grid: CellGrid, compute: ComputeType,
    numerics: Numerics
  ) -> String {
    var members: [String: CanonicalValue] = [
      "p2p": .number("1"),
      "size": .list(size.map { [.integer($0.width), .integer($0.height)] } ?? []),
      "axes": .list(grid.axes.map(Self.axis)),
    ]
    let settled = SettledRequest(request: self, name: name, compute: compute, numerics: numerics)
    for setting in Setting.all {
      guard let value = scalar(setting, settled, grid) else { continue }
      members[setting.storedName] = value.canonical
    }
    if let only = models.first, models.count == 1 {
      members["model"] = .text(only.folder)
      members["digest"] = .text(only.facts.digest.description)
    } else {
      members["models"] = .list(
        models.map {
          .object([
            "folder": .text($0.folder), "digest": .text($0.facts.digest.description),
          ])
        })
    }
    var settings: [String: CanonicalValue] = [:]
    for setting in self.settings where !setting.isAxis {
      guard case .listed = setting.kind.setting.stored else { continue }
      settings[setting.kind.name] = .list(Self.texts(grid.values(of: setting.kind)))
    }
    members["settings"] = .object(settings)
    if isAxis(.image) {
      members["images"] = .object(
        Dictionary(
          images.map { ($0, photograph($0)) }, uniquingKeysWith: { first, _ in first }))
    } else {
      members["image"] = images.first.map(photograph)
    }
    members["kernels"] = numerics.kernels.map { .text($0) }
    if !exclusions.isEmpty {
      members["exclude"] = .list(
        exclusions.map { entry in
          .object(
            Dictionary(
              entry.members.map { ($0.kind.name, .list(Self.texts($0.values))) },
              uniquingKeysWith: { first, _ in first }))
        })
    }
    return CanonicalValue.object(members).json
  }

  /// The member of a setting; `nil` where it has none.
  private func scalar(
    _ setting: Setting, _ settled: SettledRequest, _ grid: CellGrid
  ) -> StoredScalar? {
    if case .one(let member) = setting.stored { return member(settled) }
    // What varies stands among the axes.
    guard setting.isAxis, !isAxis(AxisKind(setting)) else { return nil }
    let value = grid.values(of: AxisKind(setting)).first
    switch setting.stored {
    case .always(let member): return member(value)
    case .said: return value.map { .text($0.description) }
    case .listed, .one, .apart: return nil
    }
  }

  private func photograph(_ typed: String) -> CanonicalValue {
    let known = photographs[typed] ?? ImageReference(typed: typed)
    return .object([
      "file": .text(known.file), "sha256": known.digest.map { .text($0.description) } ?? .null,
    ])
  }

  private func isAxis(_ kind: AxisKind) -> Bool {
    settings.contains { $0.kind == kind && $0.isAxis }
  }

  private static func axis(_ axis: CellGrid.Axis) -> CanonicalValue {
    func member(_ index: Int) -> [String: CanonicalValue] {
      ["name": .text(axis.members[index].name), "values": .list(texts(axis.values(index)))]
    }
    var object = member(0)
    if axis.members.count > 1 {
      object["zip"] = .list(axis.members.indices.dropFirst().map { .object(member($0)) })
    }
    return .object(object)
  }

  private static func texts(_ values: [SweepValue]) -> [CanonicalValue] {
    values.map { .text($0.description) }
  }
}

extension StoredScalar {
  fileprivate var canonical: CanonicalValue {
    switch self {
    case .text(let text): .text(text)
    case .number(let digits): .number(digits)
    case .flag(let flag): .flag(flag)
    case .null: .null
    }
  }
}
