import Layers
public import Tensors

/// DPM-Solver++ of order 2, multistep (Lu et al. 2022, algorithm 2, in its midpoint form).
///
/// The first step and the last one are of order 1; the last one ends without noise. It remembers the
/// data prediction x̂₀ of the step before.
public struct DPMSolverMultistepScheduler: Sampler {
  /// The name of x̂₀ of the step before in the state.
  private static let before = "data"

  private let timesteps: [Int]
  /// Noise beside a signal of one before each step, and 0 at the end.
  private let sigmas: [Double]
  private let config: SchedulerConfig

  /// A run of `steps` steps; throws `ModelError` where the schedule has fewer, or where noise does
  /// not fall from one to the next.
  public init(steps: Int, _ schedule: NoiseSchedule) throws {
    timesteps = try schedule.timesteps(steps, spare: 1)
    sigmas = timesteps.map { Double(schedule.sigma(at: Float($0))) } + [0]
    config = schedule.config
    guard zip(sigmas, sigmas.dropFirst()).allSatisfy({ $0 > $1 }) else {
      throw ModelError(
        .unsupported, file: "scheduler/scheduler_config.json", key: "trained_betas",
        what: "two of \(steps) steps have the same noise", hint: "fewer steps, or the sampler ddim")
    }
  }

  /// One pass for each step.
  public var passes: [(timestep: Float, step: Int)] {
    timesteps.enumerated().map { (Float($1), $0) }
  }

  /// Noise begins as it is.
  public var initialSigma: Float { 1 }

  /// `σ'/σ · x + α' (1 − e^{−h}) · (x̂₀ + (x̂₀ − x̂₀ before) · h / 2h_before)`.
  public func advance(
    _ sample: Tensor, output: Tensor, pass: Int, _ state: inout SamplerState,
    on backend: any Backend
  ) -> Tensor {
    let (now, next) = (Level(sigmas[pass]), Level(sigmas[pass + 1]))
    let data = dataPrediction(sample, output, now, on: backend)
    defer { state.tensors[Self.before] = data }
    let ofSample = next.noise / now.noise
    let ofData = next.signal * (1 - next.ratio / now.ratio)  // e^{−h} is the ratio of the two
    guard pass > 0, pass < timesteps.count - 1 else {
      return backend.combine([(Float(ofSample), sample), (Float(ofData), data)])
    }
    guard let before = state.tensors[Self.before] else {
      preconditionFailure("pass \(pass) needs the data prediction of the one before")
    }
    let h = Elementary.log(now.ratio / next.ratio)
    let ofChange = ofData * h / (2 * Elementary.log(sigmas[pass - 1] / now.ratio))
    return backend.combine([
      (Float(ofSample), sample), (Float(ofData + ofChange), data), (Float(-ofChange), before),
    ])
  }

  /// What the sample would be without noise, `x̂₀`; same shape.
  private func dataPrediction(
    _ sample: Tensor, _ output: Tensor, _ level: Level, on backend: any Backend
  ) -> Tensor {
    switch config.prediction {
    case .epsilon:
      backend.combine([
        (Float(1 / level.signal), sample), (Float(-level.noise / level.signal), output),
      ])
    case .velocity:
      backend.combine([(Float(level.signal), sample), (Float(-level.noise), output)])
    }
  }
}

/// Shares of signal and noise in a sample of variance one.
private struct Level {
  /// Noise divided by signal.
  let ratio: Double
  var signal: Double { 1 / (ratio * ratio + 1).squareRoot() }
  var noise: Double { ratio * signal }

  init(_ ratio: Double) { self.ratio = ratio }
}
