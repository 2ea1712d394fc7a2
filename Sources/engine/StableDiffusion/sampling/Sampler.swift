public import EditJobs
public import Tensors

/// What a multi-step sampler remembers between passes: small numbers and named tensors.
public struct SamplerState: Sendable {
  /// Small numbers by name.
  public var counters: [String: Int] = [:]
  /// Tensors by name, float32.
  public var tensors: [String: Tensor] = [:]

  /// Nothing remembered, as before the first pass.
  public init() {}
}

/// A solver of the denoising equation as a pure value: no stored history, so that equal inputs give
/// equal bits and a run can go on from a file.
///
/// Adding one is one file here and one case with its facts in `SamplerKind`, the list that requests name
/// them by; the compiler then asks for its line below.
public protocol Sampler: Sendable {
  /// One entry per model call: the model's timestep, and the step that the call belongs to.
  var passes: [(timestep: Float, step: Int)] { get }
  /// What standard normal noise is multiplied by to begin.
  var initialSigma: Float { get }
  /// The tensor that the model sees at `pass`, from the sample; same shape.
  func modelInput(_ sample: Tensor, pass: Int, on backend: any Backend) -> Tensor
  /// The sample after `pass`, from the one before it and the model's output; same shapes.
  func advance(
    _ sample: Tensor, output: Tensor, pass: Int, _ state: inout SamplerState,
    on backend: any Backend
  ) -> Tensor
}

extension Sampler {
  /// The sample itself.
  public func modelInput(_ sample: Tensor, pass: Int, on backend: any Backend) -> Tensor { sample }

  /// Number of steps.
  public var steps: Int { (passes.last?.step ?? -1) + 1 }

  /// Whether `pass` is the last one of its step.
  public func completesStep(_ pass: Int) -> Bool {
    pass == passes.count - 1 || passes[pass + 1].step != passes[pass].step
  }

  /// Passes that are done when `step` steps are complete: the number of that record.
  public func passes(completing step: Int) -> Int {
    passes.firstIndex { $0.step >= step } ?? passes.count
  }

  /// Steps that are complete when `count` passes are done.
  public func completeSteps(after count: Int) -> Int {
    guard count > 0 else { return 0 }
    return passes[count - 1].step + (completesStep(count - 1) ? 1 : 0)
  }
}

extension SamplerKind {
  /// The sampler of this kind for `steps` steps; throws `ModelError` where the schedule has fewer.
  public func make(steps: Int, _ schedule: NoiseSchedule) throws -> any Sampler {
    switch self {
    case .ddim: try DDIMScheduler(steps: steps, schedule)
    case .pndm: try PNDMScheduler(steps: steps, schedule)
    case .euler: try EulerDiscreteScheduler(steps: steps, schedule)
    case .dpmpp2M: try DPMSolverMultistepScheduler(steps: steps, schedule)
    }
  }
}
