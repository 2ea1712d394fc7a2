/// Diffusers' class of a model's scheduler: what it says of the noise that the model was trained with.
///
/// `model_index.json` names it, else the config itself.
struct SchedulerClass {
  /// Variances of the first and the last step of the training, and how they grow.
  typealias Variances = (start: Double, end: Double, schedule: SchedulerConfig.BetaSchedule)

  private let name: String?

  init(_ file: ConfigFile, _ pipeline: ModelIndex) throws {
    let own = try file.optional("_class_name", as: String.self)
    name = pipeline.schedulerClass ?? own
    for name in [name, own].compactMap(\.self) {
      guard let foreign = Self.foreign.first(where: { name.hasPrefix($0.prefix) }) else { continue }
      throw file.unsupported(
        "_class_name", "a model of \(name) is not supported: \(foreign.reason)")
    }
  }

  /// Classes whose models see other samples at other times than those of variances.
  private static let foreign = [
    ("FlowMa", flow), ("Helios", flow), ("LTXEuler", flow), ("MiniMax", flow),
    ("EDM", "its noise model is told of noise in another way (Karras et al. 2022, §5)"),
    ("CosineDPM", "its noise model is told of noise in another way (Karras et al. 2022, §5)"),
    ("CMStochastic", consistency), ("SCM", consistency),
    ("CogVideoX", "its signal is shifted against the noise"),
  ].map { (prefix: $0, reason: $1) }

  private static let flow =
    "it was trained on straight lines between picture and noise (flow matching)"
  private static let consistency = "it leaps from noise to pictures (consistency models)"

  /// The variances of the classes that have some, where the file says none.
  private static let defaults: [String: Variances] = {
    let usual: Variances = (0.0001, 0.02, .linear)
    let named: Variances = (0.00085, 0.012, .linear)
    let distilled: Variances = (0.00085, 0.012, .scaledLinear)
    let groups: [([String], Variances)] = [
      (
        [
          "DDIM", "DDIMInverse", "DDIMParallel", "DDPM", "DDPMParallel", "DEISMultistep",
          "DPMSolverMultistep", "DPMSolverMultistepInverse", "DPMSolverSinglestep",
          "EulerAncestralDiscrete", "EulerDiscrete", "LMSDiscrete", "PNDM", "SASolver",
          "UniPCMultistep",
        ], usual
      ), (["DPMSolverSDE", "HeunDiscrete", "KDPM2AncestralDiscrete", "KDPM2Discrete"], named),
      (Self.distilled.map { String($0.dropLast("Scheduler".count)) }, distilled),
    ]
    return Dictionary(
      uniqueKeysWithValues: groups.flatMap { names, variances in
        names.map { ("\($0)Scheduler", variances) }
      })
  }()

  /// Classes of models that were trained to need few steps of that class.
  private static let distilled = ["LCMScheduler", "TCDScheduler"]

  /// The variances where the file says none; throws where nobody says any.
  func variances(_ file: ConfigFile) throws -> Variances {
    if let name, let known = Self.defaults[name] { return known }
    let cosine = SchedulerConfig.BetaSchedule.squaredCosine.rawValue
    let says =
      file.has("trained_betas") || (file.has("beta_start") && file.has("beta_end"))
      || (try? file.optional("beta_schedule", as: String.self)) == cosine
    guard says else {
      throw file.unsupported(
        "beta_start",
        "it says no variances of the noise, and "
          + (name.map { "the class \($0) is not known" } ?? "no class that knows them"),
        hint: "beta_start, beta_end and beta_schedule as the model was trained with")
    }
    return (0.0001, 0.02, .linear)
  }

  /// Refuses settings without which a picture cannot be right.
  func refuseOtherNoise(_ file: ConfigFile) throws {
    for name in ["rescale_betas_zero_snr", "thresholding", "use_flow_sigmas"] {
      try file.require(name, false)
    }
    try file.require("timestep_type", "discrete")
    for name in ["flow_shift", "shift", "snr_shift_scale"] { try file.require(name, 1.0) }
  }

  /// What is not obeyed, a sentence each.
  func notes(_ file: ConfigFile) -> [String] {
    var notes: [String] = []
    if let name, Self.distilled.contains(name) {
      notes.append(
        "\(file.path): _class_name: the model is made for few steps of \(name), which is not run: "
          + "the sampler is the request's")
    } else if let name, Self.defaults[name] == nil {
      notes.append("\(file.path): _class_name: \(name) is not known: the sampler is the request's")
    }
    let ignored = file.names.sorted().compactMap { name -> String? in
      guard !Self.obeyed.contains(name), !name.hasPrefix("_") else { return nil }
      let value = file.value(name)
      let neutral = Self.neutral[name] ?? []
      let isOff = value == .bool(false) && !neutral.contains(.bool(true))
      guard value != .null, !isOff, !neutral.contains(value) else { return nil }
      return "\(name): \(value)"
    }
    if !ignored.isEmpty {
      notes.append(
        "\(file.path): not obeyed: \(ignored.joined(separator: ", ")) (the sampler is the request's, "
          + "and timestep_spacing says which timesteps it visits)")
    }
    return notes
  }

  /// What is read, what the definition of an edit decides, and what matters beside another setting only.
  private static let obeyed: Set = [
    "num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas",
    "prediction_type", "steps_offset", "timestep_spacing", "rescale_betas_zero_snr", "thresholding",
    "use_flow_sigmas", "timestep_type", "flow_shift", "shift", "snr_shift_scale", "clip_sample",
    "clip_sample_range", "set_alpha_to_one", "dynamic_thresholding_ratio", "sample_max_value",
    "time_shift_type", "noise_sampler_seed", "lower_order_final", "original_inference_steps",
    "timestep_scaling",
  ]

  /// Values that ask for nothing else than what is done, beside null, and false where true is not one.
  private static let neutral: [String: Set<ConfigValue>] = [
    "skip_prk_steps": [.bool(true)], "interpolation_type": [.text("linear")],
    "final_sigmas_type": [.text("zero")], "lambda_min_clipped": [.number(-.infinity)],
    "algorithm_type": [.text("dpmsolver++"), .text("deis"), .text("data_prediction")],
    "solver_type": [.text("midpoint"), .text("logrho"), .text("bh2")],
    "solver_order": [.number(2)], "predictor_order": [.number(2)], "corrector_order": [.number(2)],
    "predict_x0": [.bool(true)], "disable_corrector": [.other],
    "variance_type": [.text("fixed_small"), .text("fixed_large"), .text("fixed_small_log")],
  ]
}
