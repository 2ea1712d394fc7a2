public import Tensors

/// Euler's method on the probability flow (Karras et al. 2022, algorithm 2 with no noise added).
///
/// Samples are signal of one and noise of σ; the last step ends at σ = 0.
public struct EulerDiscreteScheduler: Sampler {
  private let timesteps: [Float]
  /// σ before each step, and 0 at the end.
  private let sigmas: [Float]
  private let config: SchedulerConfig

  /// A run of `steps` steps; throws `ModelError` where the schedule has fewer.
  public init(steps: Int, _ schedule: NoiseSchedule) throws {
    timesteps = try schedule.continuousTimesteps(steps)
    sigmas = timesteps.map { schedule.sigma(at: $0) } + [0]
    config = schedule.config
  }

  /// One pass for each step.
  public var passes: [(timestep: Float, step: Int)] {
    timesteps.enumerated().map { ($1, $0) }
  }

  /// The first σ; where no timestep is as noisy as training was, signal and noise together.
  public var initialSigma: Float {
    config.spacing == .leading ? (sigmas[0] * sigmas[0] + 1).squareRoot() : sigmas[0]
  }

  /// `x / √(σ² + 1)`: the model was trained with samples of variance one.
  public func modelInput(_ sample: Tensor, pass: Int, on backend: any Backend) -> Tensor {
    let sigma = Double(sigmas[pass])
    return backend.combine([(Float(1 / (sigma * sigma + 1).squareRoot()), sample)])
  }

  /// `x + (σ' − σ) · (x − x̂₀) / σ`, written as one sum of the sample and the output.
  public func advance(
    _ sample: Tensor, output: Tensor, pass: Int, _ state: inout SamplerState,
    on backend: any Backend
  ) -> Tensor {
    let (sigma, next) = (Double(sigmas[pass]), Double(sigmas[pass + 1]))
    let length = next - sigma
    let (ofSample, ofOutput): (Double, Double)
    switch config.prediction {
    case .epsilon:  // x̂₀ = x − σ·ε
      (ofSample, ofOutput) = (1, length)
    case .velocity:  // x̂₀ = x / (σ² + 1) − σ / √(σ² + 1) · v
      let variance = sigma * sigma + 1
      (ofSample, ofOutput) = (1 + length * sigma / variance, length / variance.squareRoot())
    }
    return backend.combine([(Float(ofSample), sample), (Float(ofOutput), output)])
  }
}
