import Layers

/// How much noise each training timestep has, and which timesteps a sampler visits.
public struct NoiseSchedule: Sendable {
  /// The config it was made from.
  public let config: SchedulerConfig
  /// `ᾱ_t` of each training timestep, rounded to float32 as the models were trained with.
  public let alphasCumprod: [Float]

  /// Computes the schedule of `config`.
  public init(_ config: SchedulerConfig) {
    self.config = config
    var product = 1.0
    alphasCumprod = Self.betas(config).map {
      product *= Double(1 - $0)
      return Float(product)
    }
  }

  /// The timesteps of `steps` steps, noisiest first; throws `ModelError` where there are not as many.
  ///
  /// - Parameter spare: how many more are spaced out and left away at the noiseless end (a solver that
  ///   ends in one step from its last timestep to no noise wants one); `trailing` has none to spare.
  public func timesteps(_ steps: Int, spare: Int = 0) throws -> [Int] {
    guard isPossible(steps, spare: spare) else {
      let most = (1...config.trainTimesteps).last { isPossible($0, spare: spare) }
      throw ModelError(
        .unsupported, file: "scheduler/scheduler_config.json", key: "num_train_timesteps",
        what: "\(steps) steps are not possible", hint: most.map { "1 to \($0) steps" })
    }
    let count = config.trainTimesteps
    switch config.spacing {
    case .leading:
      let stride = count / (steps + spare)
      return (spare..<steps + spare).reversed().map { $0 * stride + config.stepsOffset }
    case .trailing:
      // As numpy counts down, whose difference of two neighbours is rounded: ties fall by it.
      let stride = (Double(count) - Double(count) / Double(steps)) - Double(count)
      return (0..<steps).map {
        Int((Double(count) + Double($0) * stride).rounded(.toNearestOrEven)) - 1
      }
    case .linspace:
      return Self.even(count, steps, spare).map { Int($0.rounded(.toNearestOrEven)) }
    }
  }

  /// The timesteps of `steps` steps as `timesteps(_:)`, but evenly spaced ones are not rounded.
  public func continuousTimesteps(_ steps: Int) throws -> [Float] {
    let whole = try timesteps(steps)
    return config.spacing == .linspace
      ? Self.even(config.trainTimesteps, steps, 0).map { Float($0) } : whole.map { Float($0) }
  }

  /// The noise of a timestep beside a signal of one, `√((1 − ᾱ) / ᾱ)`; between two timesteps on the
  /// line through both.
  public func sigma(at timestep: Float) -> Float {
    let place = min(max(Double(timestep), 0), Double(alphasCumprod.count - 1))
    let below = Int(place.rounded(.down))
    let low = sigma(below)
    guard place > Double(below) else { return low }
    let slope = Double(sigma(below + 1)) - Double(low)
    return Float(Double(low) + slope * (place - Double(below)))
  }

  private func sigma(_ timestep: Int) -> Float {
    let alpha = alphasCumprod[timestep]
    return ((1 - alpha) / alpha).squareRoot()
  }

  /// Whether `steps` steps have different timesteps that the model was trained with.
  private func isPossible(_ steps: Int, spare: Int) -> Bool {
    let count = config.trainTimesteps
    guard steps >= 1, steps <= count else { return false }
    switch config.spacing {
    case .leading:
      let (points, last) = (steps + spare, steps + spare - 1)
      return points <= count && last * (count / points) + config.stepsOffset < count
    case .trailing: return true
    case .linspace: return steps + spare <= count
    }
  }

  /// `steps` of `steps + spare` numbers from `count − 1` down to 0, evenly spaced; 0 alone for one.
  private static func even(_ count: Int, _ steps: Int, _ spare: Int) -> [Double] {
    let gaps = steps + spare - 1
    let stride = gaps == 0 ? 0 : Double(count - 1) / Double(gaps)
    return (spare..<steps + spare).reversed().map { Double($0) * stride }
  }

  /// `β_t` in float32, by the same roundings as PyTorch's.
  private static func betas(_ config: SchedulerConfig) -> [Float] {
    if let given = config.trainedBetas { return given.map { Float($0) } }
    let (start, end, count) = (config.betaStart, config.betaEnd, config.trainTimesteps)
    switch config.betaSchedule {
    case .linear: return linspace(Float(start), Float(end), count)
    case .scaledLinear:
      return linspace(Float(start.squareRoot()), Float(end.squareRoot()), count).map { $0 * $0 }
    case .squaredCosine:
      func bar(_ t: Double) -> Double {
        let cosine = Elementary.cos((t + 0.008) / 1.008 * .pi / 2)
        return cosine * cosine
      }
      return (0..<count).map {
        let (from, to) = (Double($0) / Double(count), Double($0 + 1) / Double(count))
        return Float(min(1 - bar(to) / bar(from), 0.999))
      }
    }
  }

  /// As `torch.linspace`: counted from the nearer end.
  private static func linspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map {
      $0 < count / 2 ? start + step * Float($0) : end - step * Float(count - 1 - $0)
    }
  }
}
