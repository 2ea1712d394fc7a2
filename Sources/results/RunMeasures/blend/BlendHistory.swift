public import EditJobs

/// The masks of a blended variant, step by step, made again from its trajectory and its source's.
///
/// They are functions of sums that both files hold, so nothing more is stored of them.
public struct BlendHistory: Sendable, Hashable {
  /// A step and its mask.
  public struct Step: Sendable, Hashable {
    /// The step at whose end it acted.
    public var step: Int
    /// Where the variant's latents stood.
    public var mask: BlendMask
  }

  /// The steps at whose end the latents were blended, as far as both files reach.
  public let steps: [Step]

  /// Makes the masks again; `nil` where the edit has no blend, or the files are not of one run.
  public init?(
    _ edit: ResolvedEdit, sampler: SamplerKind, source: any RecordedRun,
    variant: any RecordedRun
  ) {
    guard let blend = edit.blend, let header = variant.header, let other = source.header,
      header.sums == other.sums, header.latents == other.latents,
      header.fingerprint == other.fingerprint,
      blend.tokens.allSatisfy({ (0..<header.sums[0]).contains($0) })
    else { return nil }
    let local = LocalBlend(blend, sums: header.sums, latents: header.latents)
    var (pass, steps): (Int, [Step]) = (0, [])
    for step in 0..<edit.steps {
      pass += sampler.passes(ofStep: step, of: edit.steps)
      guard local.acts(step: step) else { continue }
      guard let from = source.record(pass), let to = variant.record(pass) else { break }
      steps.append(Step(step: step, mask: local.mask(source: from.sums, variant: to.sums)))
    }
    self.steps = steps
  }

  /// The mask of the last step that was blended; `nil` where none was.
  public var last: BlendMask? { steps.last?.mask }
}
