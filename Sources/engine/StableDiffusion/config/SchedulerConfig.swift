/// `scheduler/scheduler_config.json`: the noise that a model was trained with.
///
/// The class that the model names says whether there are variances at all, and which where the file
/// says none; the request names the sampler. `set_alpha_to_one` and `clip_sample` are taken as false
/// whatever the file says. What else it says and is not obeyed is in `notes`.
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
  /// What of the file is not obeyed, a sentence each, for whoever asks for pictures.
  public internal(set) var notes: [String] = []

  /// Diffusers' defaults.
  public init() {}

  /// Reads the config at `path` of a pipeline; throws `ModelError`, also for schedules that are not run.
  public init(path: String, of pipeline: ModelIndex) throws {
    try self.init(ConfigFile(path), pipeline)
  }

  init(_ file: ConfigFile, _ pipeline: ModelIndex) throws {
    func choice<Value: RawRepresentable<String>>(_ name: String, _ fallback: Value) throws -> Value
    {
      guard let text = try file.optional(name, as: String.self) else { return fallback }
      guard let value = Value(rawValue: text) else {
        throw file.unsupported(name, "\(text) is not supported")
      }
      return value
    }
    let kind = try SchedulerClass(file, pipeline)
    try kind.refuseOtherNoise(file)
    let variances = try kind.variances(file)
    trainTimesteps = try file.count("num_train_timesteps", trainTimesteps, upTo: 100_000)
    betaStart = try file.number("beta_start", variances.start)
    betaEnd = try file.number("beta_end", variances.end)
    guard betaStart > 0, betaEnd > 0, betaStart < 1, betaEnd < 1 else {
      throw file.wrong("beta_start", "variances \(betaStart)…\(betaEnd) do not lie between 0 and 1")
    }
    betaSchedule = try choice("beta_schedule", variances.schedule)
    trainedBetas = try file.optional("trained_betas")
    if let trainedBetas {
      guard trainedBetas.count == trainTimesteps,
        trainedBetas.allSatisfy({ $0 >= 0 && $0 < 1 })
      else {
        throw file.wrong("trained_betas", "they are not \(trainTimesteps) numbers between 0 and 1")
      }
    }
    prediction = try choice("prediction_type", prediction)
    let offset = try file.optional("steps_offset", as: Int.self)
    stepsOffset = pipeline.stepsOffset ?? offset ?? stepsOffset
    for value in [offset, stepsOffset].compactMap(\.self)
    where !(0..<trainTimesteps).contains(value) {
      throw file.wrong("steps_offset", "\(value) is outside 0..<\(trainTimesteps)")
    }
    spacing = try choice("timestep_spacing", spacing)
    notes = kind.notes(file)
    if let offset, offset != stepsOffset {
      notes.append(
        "\(file.path): steps_offset: \(offset) is taken as \(stepsOffset), as \(pipeline.className) "
          + "does in diffusers")
    }
  }
}
