import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// What a person hears of a model's configs when pictures are asked for.
@Suite struct ModelNotesTests {
  private static let scheduler = "scheduler/scheduler_config.json"

  /// The bundled model with fields of a config set to other values.
  private func model(
    _ name: String, _ fields: [String: Any], in folder: TemporaryFolder
  ) throws -> String {
    let path = "\(folder.path)/model"
    try FileManager.default.copyItem(atPath: WorkerProcess.model, toPath: path)
    let file = URL(filePath: "\(path)/\(name)")
    var object = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    for (field, value) in fields { object[field] = value }
    try JSONSerialization.data(withJSONObject: object).write(to: file)
    return path
  }

  private func enqueue(
    _ model: String, _ more: [String], _ folder: TemporaryFolder
  ) throws -> (status: Int32, output: String, errors: String) {
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--model", model, "--prompt", "a red circle", "--to", "a blue circle", "--steps",
        "2", "--cfg", "1",
      ] + more, folder.state)
    return (ran.status, ran.output, ran.errors)
  }

  @Test(arguments: [
    ("scheduler/scheduler_config.json", "use_karras_sigmas", "true"),
    ("scheduler/scheduler_config.json", "steps_offset", "0"),
    ("unet/config.json", "_diffusers_version", "\"0.6.0\""),
  ])
  func whatIsNotObeyedIsSaidOnce(_ file: String, _ field: String, _ json: String) throws {
    let folder = try TemporaryFolder()
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    let model = try model(file, [field: value], in: folder)
    let key = field == "_diffusers_version" ? "sample_size" : field
    func notes(_ text: String) -> Int {
      text.split(separator: "\n").count { $0.contains("\(model)/\(file): ") && $0.contains(key) }
    }
    let size = field == "_diffusers_version" ? ["--size", "64x64"] : []
    let dry = try enqueue(model, ["--dry-run"] + size, folder)
    #expect(dry.status == 0 && notes(dry.output) == 1, "\(dry.output)\(dry.errors)")
    let real = try enqueue(model, size, folder)
    #expect(real.status == 0 && notes(real.errors) == 1, "\(real.errors)")
    // The second time from what is remembered of the model.
    let again = try enqueue(model, ["--seed", "3"] + size, folder)
    #expect(again.status == 0 && notes(again.errors) == 1, "\(again.errors)")
    let info = try RealSweep.p2p(["models", "info", model], folder.state)
    #expect(info.status == 0 && notes(info.output) == 1, "\(info.output)\(info.errors)")
    let plain = try enqueue(WorkerProcess.model, [], folder)
    #expect(plain.status == 0 && !plain.errors.contains("config.json"), "\(plain.errors)")
  }

  @Test(arguments: [
    ("model_index.json", "scheduler", #"["diffusers", "FlowMatchEulerDiscreteScheduler"]"#),
    (scheduler, "use_flow_sigmas", "true"),
    ("unet/config.json", "only_cross_attention", "[true, false, false]"),
  ])
  func whatCannotBeRightIsRefusedAtOnce(_ file: String, _ field: String, _ json: String) throws {
    let folder = try TemporaryFolder()
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
    let model = try model(file, [field: value], in: folder)
    let refused = try enqueue(model, [], folder)
    #expect(refused.status == Files.ExitStatus.data.rawValue, "\(refused.errors)")
    let (place, key) =
      field == "scheduler" ? (Self.scheduler, "_class_name") : (file, field)
    #expect(refused.errors.contains("\(model)/\(place): \(key)"), "\(refused.errors)")
  }
}
