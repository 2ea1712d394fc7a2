public import Tensors

/// DDIM (Song et al. 2021, eq. 12) with η = 0.
///
/// The last step ends at `ᾱ_0` (`set_alpha_to_one` false), and nothing is clipped.
public struct DDIMScheduler: InvertibleSampler {
  private let timesteps: [Int]
  private let schedule: NoiseSchedule

  /// A run of `steps` steps; throws `ModelError` where the schedule has fewer.
  public init(steps: Int, _ schedule: NoiseSchedule) throws {
    timesteps = try schedule.timesteps(steps)
    self.schedule = schedule
  }

  /// One pass for each step.
  public var passes: [(timestep: Float, step: Int)] {
    timesteps.enumerated().map { (Float($1), $0) }
  }

  /// Noise begins as it is.
  public var initialSigma: Float { 1 }

  /// `√ᾱ' · x̂₀ + √(1 − ᾱ') · ε̂`, written as one sum of the sample and the output.
  public func advance(
    _ sample: Tensor, output: Tensor, pass: Int, _ state: inout SamplerState,
    on backend: any Backend
  ) -> Tensor {
    let (from, to) = levels(pass)
    return move(sample, output: output, from: from, to: to, on: backend)
  }

  /// The same step with its two noise levels exchanged.
  ///
  /// The output is taken at the level of the sample; for a velocity that is not the level of the
  /// timestep.
  public func invert(
    _ sample: Tensor, output: Tensor, pass: Int, on backend: any Backend
  ) -> Tensor {
    let (from, to) = levels(pass)
    return move(sample, output: output, from: to, to: from, on: backend)
  }

  /// `ᾱ` before and after a pass.
  private func levels(_ pass: Int) -> (Double, Double) {
    let previous = timesteps[pass] - schedule.config.trainTimesteps / timesteps.count
    return (
      Double(schedule.alphasCumprod[timesteps[pass]]),
      Double(schedule.alphasCumprod[max(previous, 0)])
    )
  }

  private func move(
    _ sample: Tensor, output: Tensor, from alpha: Double, to next: Double, on backend: any Backend
  ) -> Tensor {
    let (signal, noise) = (alpha.squareRoot(), (1 - alpha).squareRoot())
    let (nextSignal, nextNoise) = (next.squareRoot(), (1 - next).squareRoot())
    let (ofSample, ofOutput): (Double, Double)
    switch schedule.config.prediction {
    case .epsilon:  // x̂₀ = (x − √(1−ᾱ)·ε) / √ᾱ
      ofSample = nextSignal / signal
      ofOutput = nextNoise - ofSample * noise
    case .velocity:  // x̂₀ = √ᾱ·x − √(1−ᾱ)·v,  ε̂ = √ᾱ·v + √(1−ᾱ)·x
      ofSample = nextSignal * signal + nextNoise * noise
      ofOutput = nextNoise * signal - nextSignal * noise
    }
    return backend.combine([(Float(ofSample), sample), (Float(ofOutput), output)])
  }
}
