public import Tensors

/// PNDM (Liu et al. 2022) without its Runge-Kutta steps: PLMS, linear multistep of order up to 4.
///
/// Step 0 takes two passes: one to a first guess, one from there, whose outputs' mean then makes the
/// step from the same sample. A run of a single step has no second timestep and takes one pass. It
/// remembers the last outputs, and between the two passes the sample of the first.
public struct PNDMScheduler: Sampler {
  /// The name of step 0's sample in the state.
  private static let start = "sample"
  /// Names of earlier outputs in the state, the last one first.
  private static let earlier = ["output.1", "output.2", "output.3"]

  private let timesteps: [Int]
  private let schedule: NoiseSchedule

  /// A run of `steps` steps; throws `ModelError` where the schedule has fewer.
  public init(steps: Int, _ schedule: NoiseSchedule) throws {
    let once = try schedule.timesteps(steps)
    // The guess after the first pass stands at the second timestep.
    timesteps = steps > 1 ? [once[0], once[1]] + once.dropFirst() : once
    self.schedule = schedule
  }

  /// One pass for each step and one more for the first, unless it is the only one.
  public var passes: [(timestep: Float, step: Int)] {
    timesteps.enumerated().map { (Float($1), max($0 - 1, 0)) }
  }

  /// Noise begins as it is.
  public var initialSigma: Float { 1 }

  /// Formula (9) of the paper with a weighted sum of outputs in place of ε.
  public func advance(
    _ sample: Tensor, output: Tensor, pass: Int, _ state: inout SamplerState,
    on backend: any Backend
  ) -> Tensor {
    let known = [output] + Self.earlier.compactMap { state.tensors[$0] }
    let from = state.tensors[Self.start] ?? sample
    let weights = Self.weights[min(pass, Self.weights.count - 1)]
    precondition(known.count >= weights.count, "pass \(pass) needs the outputs before it")
    let (ofSample, ofOutput) = factors(pass)
    remember(sample, output, pass, &state)
    return backend.combine(
      [(Float(ofSample), from)] + zip(weights, known).map { (Float(ofOutput * $0), $1) })
  }

  /// How the outputs are weighted in each pass, the newest first (formula 12); the last row is for all
  /// further ones.
  private static let weights: [[Double]] = [
    [1], [1.0 / 2, 1.0 / 2], [3.0 / 2, -1.0 / 2], [23.0 / 12, -16.0 / 12, 5.0 / 12],
    [55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24],
  ]

  /// The second pass's own output is used once, then forgotten: history has one output a step.
  private func remember(
    _ sample: Tensor, _ output: Tensor, _ pass: Int, _ state: inout SamplerState
  ) {
    state.tensors[Self.start] = pass == 0 && timesteps.count > 1 ? sample : nil
    guard pass != 1 else { return }
    let history = [output] + Self.earlier.dropLast().compactMap { state.tensors[$0] }
    for (name, tensor) in zip(Self.earlier, history) { state.tensors[name] = tensor }
  }

  /// What sample and output are multiplied by in a step from one timestep to the next lower one.
  private func factors(_ pass: Int) -> (ofSample: Double, ofOutput: Double) {
    let stride = schedule.config.trainTimesteps / max(timesteps.count - 1, 1)
    // The second pass repeats the step of the first, which begins one stride higher.
    let timestep = timesteps[pass] + (pass == 1 ? stride : 0)
    let alpha = Double(schedule.alphasCumprod[timestep])
    let next = Double(schedule.alphasCumprod[max(timestep - stride, 0)])
    let whole = (next / alpha).squareRoot()
    let ofNoise =
      (alpha - next)
      / (alpha * (1 - next).squareRoot() + (alpha * (1 - alpha) * next).squareRoot())
    switch schedule.config.prediction {
    case .epsilon: return (whole, ofNoise)
    case .velocity:  // ε̂ = √ᾱ·v + √(1−ᾱ)·x
      return (whole + ofNoise * (1 - alpha).squareRoot(), ofNoise * alpha.squareRoot())
    }
  }
}
