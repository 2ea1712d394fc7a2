/// How the noise is found from which a photograph comes back.
public enum InversionKind: String, Codable, Sendable, CaseIterable {
  /// Ju et al. 2024: the source's latents after each step are those of the inversion.
  case direct
  /// Miyake et al. 2023: the unconditional branches of source and variants see the source prompt.
  case negativePrompt = "negative_prompt"
}

/// A photograph that a source starts from, in the place of a seed's noise.
public struct Photograph: Hashable, Codable, Sendable {
  /// SHA-256 of its pixels at the source's size, as a binary PPM file: the file's name among the results.
  public var image: Digest
  /// How its noise is found.
  public var inversion: InversionKind

  /// Makes a photograph.
  public init(image: Digest, inversion: InversionKind = .direct) {
    (self.image, self.inversion) = (image, inversion)
  }
}

/// What a photograph's inversion adds to a source's run, and what each run evaluates.
extension SourceSpec {
  /// Steps of the inversion: as many as the run has, 0 where the source begins at a seed's noise. The
  /// records of its trajectory before `x_0` are as many.
  public var inversionSteps: Int { photograph == nil ? 0 : steps }

  /// Steps of the source's own run, those of its inversion included.
  public var totalSteps: Int { inversionSteps + steps }

  /// Steps of the source's own run that are complete at a record; records of an inversion have negative
  /// numbers.
  public func completeSteps(at record: Int) -> Int {
    inversionSteps
      + (record < 0
        ? max(record, -inversionSteps) : sampler.completeSteps(after: record, of: steps))
  }

  /// What the unconditional branches see.
  public var unconditionalPrompt: String {
    photograph?.inversion == .negativePrompt ? prompt : negative
  }

  /// Rows through the UNet of the source's own run: one a step of an inversion and of a run that follows
  /// its latents, else two a pass with guidance above 1.
  public var evaluations: Int {
    let rows = photograph?.inversion == .direct ? 1 : rowsPerPass
    return inversionSteps + rows * sampler.passes(steps: steps)
  }

  /// Rows through the UNet of a variant's run, without its first steps where it has them from another.
  public func evaluationsOfVariant(sharing steps: Int = 0) -> Int {
    rowsPerPass
      * (sampler.passes(steps: self.steps) - sampler.passes(completing: steps, of: self.steps))
  }

  /// Rows through the UNet of a pass of one unit that runs freely: both branches with guidance above 1.
  public var rowsPerPass: Int { guidance > 1 ? 2 : 1 }
}
