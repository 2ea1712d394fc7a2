import Foundation
import Layers
import StableDiffusion
import Testing

/// What a scheduler's config means beside the class that the pipeline names, as diffusers takes it.
@Suite struct SchedulerClassTests {
  private static let file = "scheduler/scheduler_config.json"

  /// A model whose scheduler is of a class and has the fields of `json` alone.
  private func model(
    _ kind: String?, _ json: String = "{}", of name: String = "tiny-sd2"
  ) throws -> ModelFolder {
    let folder = try ModelFolder(copying: name)
    let named: [Any] = kind.map { ["diffusers", $0] } ?? [NSNull(), NSNull()]
    try folder.set("scheduler", to: named, in: "model_index.json")
    try folder.write(Self.file, Array(json.utf8))
    return folder
  }

  /// What the configs of a folder say; the folder is there until it is read.
  private func read(_ folder: ModelFolder) throws -> ModelDescription {
    defer { withExtendedLifetime(folder) {} }
    return try ModelDescription(folder: folder.path)
  }

  private func refusal(_ folder: ModelFolder) -> ModelError? {
    #expect(throws: ModelError.self) { try read(folder) }
  }

  /// Names the field and the file.
  private func expectRefused(_ folder: ModelFolder, _ key: String, _ word: String) {
    let error = refusal(folder)
    #expect(error?.kind == .unsupported && error?.key == key)
    #expect(error?.file == "\(folder.path)/\(Self.file)")
    #expect(error?.what.contains(word) == true, "\(error?.what ?? "")")
  }

  @Test(arguments: [
    ("FlowMatchEulerDiscreteScheduler", "flow matching"),
    ("FlowMatchHeunDiscreteScheduler", "flow matching"),
    ("EDMDPMSolverMultistepScheduler", "another way"), ("CogVideoXDDIMScheduler", "shifted"),
    ("CMStochasticIterativeScheduler", "consistency"),
  ])
  func otherKindsOfNoiseAreRefused(_ kind: String, _ word: String) throws {
    // Named by the pipeline alone, by the config alone, and beside variances that somebody wrote.
    expectRefused(try model(kind, #"{"shift": 3.0}"#), "_class_name", word)
    expectRefused(try model(nil, #"{"_class_name": "\#(kind)"}"#), "_class_name", word)
    expectRefused(
      try model(kind, #"{"beta_start": 0.00085, "beta_end": 0.012}"#), "_class_name", word)
  }

  @Test func variancesAreNeverInvented() throws {
    // Neither class is known; the second has no variances in diffusers either.
    for kind in ["SomebodysScheduler", "IPNDMScheduler", nil] {
      expectRefused(try model(kind, #"{"beta_start": 0.001}"#), "beta_start", "no variances")
    }
    let said = try model("SomebodysScheduler", #"{"beta_start": 0.001, "beta_end": 0.01}"#)
    let description = try read(said)
    #expect(description.scheduler.betaEnd == 0.01)
    #expect(description.notes.contains { $0.contains("SomebodysScheduler is not known") })
    let cosine = try model(nil, #"{"beta_schedule": "squaredcos_cap_v2"}"#)
    #expect(try read(cosine).scheduler.betaSchedule == .squaredCosine)
  }

  @Test(arguments: [
    ("DDIMScheduler", 0.0001, 0.02, SchedulerConfig.BetaSchedule.linear),
    ("EulerDiscreteScheduler", 0.0001, 0.02, .linear),
    ("HeunDiscreteScheduler", 0.00085, 0.012, .linear),
    ("KDPM2AncestralDiscreteScheduler", 0.00085, 0.012, .linear),
    ("LCMScheduler", 0.00085, 0.012, .scaledLinear),
  ])
  func aClassHasItsOwnVariances(
    _ kind: String, _ start: Double, _ end: Double, _ schedule: SchedulerConfig.BetaSchedule
  ) throws {
    let config = try read(try model(kind)).scheduler
    #expect(config.betaStart == start && config.betaEnd == end)
    #expect(config.betaSchedule == schedule)
    let one = try read(try model(kind, #"{"beta_end": 0.03}"#))
    #expect(one.scheduler.betaStart == start && one.scheduler.betaEnd == 0.03)
  }

  @Test(arguments: [
    ("use_flow_sigmas", "true"), ("flow_shift", "3.0"), ("snr_shift_scale", "2"),
    ("timestep_type", #""continuous""#), ("prediction_type", #""flow_prediction""#),
    ("rescale_betas_zero_snr", "true"), ("thresholding", "true"),
  ])
  func settingsThatCannotBeRightAreRefused(_ field: String, _ value: String) throws {
    let folder = try model("UniPCMultistepScheduler", "{\"\(field)\": \(value)}")
    let error = refusal(folder)
    #expect(error?.kind == .unsupported && error?.key == field)
    #expect(error?.file == "\(folder.path)/\(Self.file)")
  }

  @Test(arguments: [
    ("use_karras_sigmas", "true"), ("use_exponential_sigmas", "true"), ("use_beta_sigmas", "true"),
    ("use_lu_lambdas", "true"), ("interpolation_type", #""log_linear""#), ("sigma_max", "700.5"),
    ("algorithm_type", #""sde-dpmsolver++""#), ("solver_order", "3"),
    ("final_sigmas_type", #""sigma_min""#), ("lambda_min_clipped", "-5.1"),
    ("skip_prk_steps", "false"), ("a_setting_of_tomorrow", "[1]"),
  ])
  func whatIsNotObeyedIsSaid(_ field: String, _ value: String) throws {
    let folder = try model("DPMSolverMultistepScheduler", "{\"\(field)\": \(value)}")
    let notes = try read(folder).notes
    #expect(notes.count == 1, "\(notes)")
    let note = notes.first ?? ""
    #expect(note.hasPrefix("\(folder.path)/\(Self.file): ") && note.contains("not obeyed"))
    #expect(note.contains("\(field): "))
  }

  @Test func aModelThatWasMadeForAnotherSamplerIsSaid() throws {
    for kind in ["LCMScheduler", "TCDScheduler"] {
      let notes = try read(try model(kind)).notes
      #expect(notes.count == 1 && notes.first?.contains(kind) == true)
    }
  }

  /// Configs as diffusers writes them with nothing set, and those of the fixtures.
  @Test func whatIsUsualIsNotRemarked() throws {
    let usual = """
      {"algorithm_type": "dpmsolver++", "solver_order": 2, "solver_type": "midpoint",
       "lower_order_final": true, "euler_at_final": false, "use_karras_sigmas": false,
       "final_sigmas_type": "zero", "lambda_min_clipped": -Infinity, "variance_type": null,
       "timestep_spacing": "linspace", "steps_offset": 1, "sample_max_value": 1.0,
       "dynamic_thresholding_ratio": 0.995, "use_flow_sigmas": false, "flow_shift": 1.0,
       "clip_sample": true, "set_alpha_to_one": true, "disable_corrector": [], "predict_x0": true}
      """
    let folder = try model("DPMSolverMultistepScheduler", usual)
    #expect(try read(folder).notes.isEmpty)
    for name in ["tiny-sd1", "tiny-sd2", "tiny-sdxl"] {
      #expect(try ModelDescription(folder: fixture("models/\(name)")).notes.isEmpty)
    }
  }

  @Test func timestepsBeginWhereThePipelineHasThem() throws {
    func first(_ name: String, _ json: String) throws -> (Int?, [String]) {
      let found = try read(try model("DDIMScheduler", json, of: name))
      return (try found.noiseSchedule.timesteps(5).first, found.notes)
    }
    // Stable Diffusion's pipeline sets 1, whatever stands there; XL's sets nothing.
    #expect(try first("tiny-sd1", "{}") == (801, []))
    #expect(try first("tiny-sd2", #"{"steps_offset": null}"#) == (801, []))
    #expect(try first("tiny-sdxl", "{}") == (800, []))
    #expect(try first("tiny-sdxl", #"{"steps_offset": 1}"#) == (801, []))
    let (offset, notes) = try first("tiny-sd1", #"{"steps_offset": 0}"#)
    #expect(offset == 801 && notes.count == 1 && notes.first?.contains("steps_offset") == true)
  }

  @Test(arguments: [
    ("tiny-sd1", "0.6.0", 16, 64), ("tiny-sd1", "0.8.1.dev0", 32, 64),
    ("tiny-sd1", "0.9.0.dev0", 16, 16), ("tiny-sd1", "0.10.2", 16, 16),
    ("tiny-sd1", "1.0.0", 16, 16), ("tiny-sd1", "0.6.0", 96, 96), ("tiny-sdxl", "0.6.0", 16, 16),
  ])
  func sizesOfOldFiles(_ name: String, _ version: String, _ side: Int, _ taken: Int) throws {
    let folder = try ModelFolder(copying: name)
    try folder.set("_diffusers_version", to: version, in: "unet/config.json")
    try folder.set("sample_size", to: side, in: "unet/config.json")
    let model = try read(folder)
    #expect(model.defaultSize.rows == taken * model.vaeFactor)
    #expect(model.notes.count { $0.contains("sample_size") } == (side == taken ? 0 : 1))
  }

  @Test func sizesThatNobodyDatedStay() throws {
    let folder = try ModelFolder(copying: "tiny-sd1")
    try folder.set("_diffusers_version", to: NSNull(), in: "unet/config.json")
    #expect(try read(folder).unet.sampleSize == 16)
    // A list is not mended in diffusers either.
    try folder.set("_diffusers_version", to: "0.6.0", in: "unet/config.json")
    try folder.set("sample_size", to: [16, 24], in: "unet/config.json")
    #expect(try read(folder).unet.sampleSize == 16)
  }
}
