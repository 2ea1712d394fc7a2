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
  public func timesteps(_ steps: Int) throws -> [Int] {
    let count = config.trainTimesteps
    let most = config.spacing == .leading ? count - config.stepsOffset : count
    guard (1...most).contains(steps) else {
      throw ModelError(
        .unsupported, file: "scheduler/scheduler_config.json", key: "num_train_timesteps",
        what: "\(steps) steps are not possible", hint: "1 to \(most) steps")
    }
    switch config.spacing {
    case .leading:
      return (0..<steps).reversed().map { $0 * (count / steps) + config.stepsOffset }
    case .trailing:
      let stride = Double(count) / Double(steps)
      return (0..<steps).map {
        Int((Double(count) - Double($0) * stride).rounded(.toNearestOrEven)) - 1
      }
    case .linspace:
      let stride = steps == 1 ? 0 : Double(count - 1) / Double(steps - 1)
      return (0..<steps).reversed().map {
        Int((Double($0) * stride).rounded(.toNearestOrEven))
      }
    }
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
