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
/// Adding one is one file and one case of `SamplerName`.
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
}

/// The samplers by the name that requests use.
public enum SamplerName: String, Sendable, Codable, CaseIterable {
  /// Song et al. 2021, η = 0.
  case ddim

  /// The sampler of this name for `steps` steps; throws `ModelError` where the schedule has fewer.
  public func make(steps: Int, _ schedule: NoiseSchedule) throws -> any Sampler {
    switch self {
    case .ddim: try DDIMScheduler(steps: steps, schedule)
    }
  }
}
