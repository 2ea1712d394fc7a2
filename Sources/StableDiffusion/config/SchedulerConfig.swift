/// `scheduler/scheduler_config.json`: the noise that a model was trained with.
///
/// The file's class is not looked at: the request names the sampler. `set_alpha_to_one` and
/// `clip_sample` are taken as false whatever it says.
public struct SchedulerConfig: Sendable, Hashable {
  /// How variances grow from step to step.
  public enum BetaSchedule: String, Sendable, Codable, CaseIterable {
    case linear
    case scaledLinear = "scaled_linear"
    case squaredCosine = "squaredcos_cap_v2"
  }

  /// What the UNet predicts.
  public enum Prediction: String, Sendable, Codable, CaseIterable {
    /// The noise.
    case epsilon
    /// The velocity (Salimans and Ho 2022).
    case velocity = "v_prediction"
  }

  /// Which training timesteps a sampler of few steps visits.
  public enum Spacing: String, Sendable, Codable { case leading, trailing, linspace }

  /// Steps of the training.
  public var trainTimesteps: Int = 1000
  /// Variance of the first step.
  public var betaStart: Double = 0.0001
  /// Variance of the last step.
  public var betaEnd: Double = 0.02
  /// How variances grow between the two.
  public var betaSchedule: BetaSchedule = .linear
  /// The variances themselves, where the file lists them.
  public var trainedBetas: [Double]?
  /// What the UNet predicts.
  public var prediction: Prediction = .epsilon
  /// Added to timesteps in `leading` spacing.
  public var stepsOffset: Int = 0
  /// Which timesteps are visited.
  public var spacing: Spacing = .leading

  /// Diffusers' defaults.
  public init() {}

  /// Reads the config at `path`; throws `ModelError`, also for schedules that are not run.
  public init(path: String) throws { try self.init(ConfigFile(path)) }

  init(_ file: ConfigFile) throws {
    func choice<Value: RawRepresentable<String>>(_ name: String, _ fallback: Value) throws -> Value
    {
      guard let text = try file.optional(name, as: String.self) else { return fallback }
      guard let value = Value(rawValue: text) else {
        throw file.unsupported(name, "\(text) is not supported")
      }
      return value
    }
    try file.require("rescale_betas_zero_snr", false)
    try file.require("thresholding", false)
    trainTimesteps = try file.count("num_train_timesteps", trainTimesteps, upTo: 100_000)
    betaStart = try file("beta_start", betaStart)
    betaEnd = try file("beta_end", betaEnd)
    guard betaStart > 0, betaEnd > 0, betaStart < 1, betaEnd < 1 else {
      throw file.wrong("beta_start", "variances \(betaStart)…\(betaEnd) do not lie between 0 and 1")
    }
    betaSchedule = try choice("beta_schedule", betaSchedule)
    trainedBetas = try file.optional("trained_betas")
    if let trainedBetas {
      guard trainedBetas.count == trainTimesteps,
        trainedBetas.allSatisfy({ $0 >= 0 && $0 < 1 })
      else {
        throw file.wrong("trained_betas", "they are not \(trainTimesteps) numbers between 0 and 1")
      }
    }
    prediction = try choice("prediction_type", prediction)
    stepsOffset = try file("steps_offset", stepsOffset)
    guard (0..<trainTimesteps).contains(stepsOffset) else {
      throw file.wrong("steps_offset", "\(stepsOffset) is outside 0..<\(trainTimesteps)")
    }
    spacing = try choice("timestep_spacing", spacing)
  }
}
