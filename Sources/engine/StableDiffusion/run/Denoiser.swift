public import Layers
public import Tensors

/// A denoising run as a value: where it stands, and all that is needed to go on.
public struct DenoisingRun: Sendable {
  /// Latents (C, h, w) after `pass` passes.
  public var latents: Tensor
  /// What the sampler remembers.
  public var sampler: SamplerState
  /// Passes done.
  public var pass: Int

  /// A run that stands after `pass` passes.
  public init(latents: Tensor, sampler: SamplerState = SamplerState(), pass: Int = 0) {
    (self.latents, self.sampler, self.pass) = (latents, sampler, pass)
  }
}

/// The text that a lane is denoised under.
public struct LaneContext: Sendable {
  /// The prompt's.
  public var conditional: TextStates
  /// The negative or empty prompt's; not looked at without guidance.
  public var unconditional: TextStates

  /// Makes a lane's context; the same states may serve many lanes.
  public init(conditional: TextStates, unconditional: TextStates) {
    (self.conditional, self.unconditional) = (conditional, unconditional)
  }
}

/// Advances runs that stand at the same pass, together, as one batch. It saves nothing: the caller
/// does, between calls.
///
/// A lane's bits do not depend on the lanes beside it.
public struct Denoiser: Sendable {
  /// The noise model.
  public let unet: UNet2DConditionModel
  /// The solver.
  public let sampler: any Sampler
  /// How the two branches are joined.
  public let guidance: Guidance
  /// Pixels that one latent position covers on each side.
  public let vaeFactor: Int
  /// Runs the operations.
  public let backend: any Backend

  /// Makes a denoiser; all its runs share sampler and guidance.
  public init(
    unet: UNet2DConditionModel, sampler: any Sampler, guidance: Guidance, vaeFactor: Int,
    backend: any Backend
  ) {
    (self.unet, self.sampler, self.guidance) = (unet, sampler, guidance)
    (self.vaeFactor, self.backend) = (vaeFactor, backend)
  }

  /// Passes of a whole run.
  public var passes: Int { sampler.passes.count }

  /// Evaluations that one pass of `lanes` lanes takes.
  public func evaluations(lanes: Int) -> Int { lanes * (guidance.isGuided ? 2 : 1) }

  /// Where a run stands that has `pass` passes behind it, for `pass` below `passes`.
  public func position(_ pass: Int) -> PassPosition {
    PassPosition(pass: pass, step: sampler.passes[pass].step)
  }

  /// Advances every run by one pass and returns the number of evaluations that it took.
  ///
  /// Runs stand at the same pass, before the last, and have latents of one size (`precondition`).
  /// Lane i is `runs[i]`, with `contexts[i]`. Rows are each lane's conditional branch and, with
  /// guidance, its unconditional one after it.
  @discardableResult
  public func advance(
    _ runs: inout [DenoisingRun], contexts: [LaneContext], control: (any AttentionControl)? = nil
  ) -> Int {
    precondition(!runs.isEmpty && runs.count == contexts.count, "every lane has a context")
    let pass = runs[0].pass
    precondition(runs.allSatisfy { $0.pass == pass }, "runs of one batch stand at one pass")
    let branches: [Row.Branch] =
      guidance.isGuided ? [.conditional, .unconditional] : [.conditional]
    let rows = runs.indices.flatMap { lane in branches.map { Row(lane: lane, branch: $0) } }
    let inputs = runs.map { sampler.modelInput($0.latents, pass: pass, on: backend) }
    let outputs = predict(
      rows, latents: rows.map { inputs[$0.lane] },
      contexts: rows.map {
        $0.branch == .conditional
          ? contexts[$0.lane].conditional : contexts[$0.lane].unconditional
      }, pass: pass, control: control)
    for lane in runs.indices {
      let first = outputs[lane * branches.count]
      let output =
        guidance.isGuided
        ? guidance.combine(
          conditional: first, unconditional: outputs[lane * branches.count + 1], on: backend)
        : first
      runs[lane].latents = sampler.advance(
        runs[lane].latents, output: output, pass: pass, &runs[lane].sampler, on: backend)
      runs[lane].pass += 1
    }
    return rows.count
  }

  /// The model's output (C, h, w) for the conditional branch of each of `latents` (C, h, w), which are
  /// samples before `pass`; row i is `Row(lane: i, branch: .conditional)`.
  ///
  /// Nothing advances: this makes a source's maps again, with the bits that they had in its own run.
  /// It takes as many evaluations as there are latents.
  public func evaluateConditional(
    _ latents: [Tensor], contexts: [TextStates], pass: Int, control: (any AttentionControl)? = nil
  ) -> [Tensor] {
    precondition(!latents.isEmpty && latents.count == contexts.count, "every row has a context")
    return predict(
      latents.indices.map { Row(lane: $0, branch: .conditional) },
      latents: latents.map { sampler.modelInput($0, pass: pass, on: backend) },
      contexts: contexts, pass: pass, control: control)
  }

  /// One call of the UNet: inputs (C, h, w) and texts by row → outputs (C, h, w) by row.
  private func predict(
    _ rows: [Row], latents: [Tensor], contexts: [TextStates], pass: Int,
    control: (any AttentionControl)?
  ) -> [Tensor] {
    let output = unet(
      backend.concatRows(latents.map { $0.reshaped([1] + $0.shape) }),
      timestep: sampler.passes[pass].timestep, context: contexts,
      sizes: sizes(latents[0].shape),
      Pass(backend: backend, position: position(pass), rows: rows, control: control))
    return rows.indices.map { output.rows($0..<$0 + 1).reshaped(latents[$0].shape) }
  }

  /// The sizes of a whole picture, for a model that is told of them.
  private func sizes(_ latentShape: [Int]) -> [Float]? {
    guard unet.config.addition != nil else { return nil }
    let (height, width) = (Float(latentShape[1] * vaeFactor), Float(latentShape[2] * vaeFactor))
    return [height, width, 0, 0, height, width]
  }
}
