import Foundation
import Safetensors
import StableDiffusion
import Testing

/// A file of the second version of which nothing says what it predicts: it is tried when it is loaded.
@Suite struct PredictionProbeTests {
  /// A single file whose noise model answers `value` everywhere, and a folder of configs that do not
  /// say what it predicts.
  private func model(
    answering value: Float, metadata: [String: String] = [:]
  ) throws -> (file: ModelFolder, text: String) {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let whole = try SafetensorsFile(path: "\(folder.path)/\(ModelFolder.unet)")
    var writer = SafetensorsWriter()
    for name in whole.names {
      let entry = try whole.entry(name)
      let count = entry.shape.reduce(1, *)
      switch name {
      case "conv_out.weight":
        writer.add(name, shape: entry.shape, Array(repeating: 0, count: count))
      case "conv_out.bias":
        writer.add(name, shape: entry.shape, Array(repeating: value, count: count))
      default:
        let bytes = try whole.withBytes(name) { Array($0) }
        writer.add(name, try #require(entry.type), shape: entry.shape, bytes: bytes)
      }
    }
    try folder.write(ModelFolder.unet, writer.bytes())
    try folder.rewrite("scheduler/scheduler_config.json") {
      $0.replacing("\"prediction_type\"", with: "\"was_prediction_type\"")
    }
    try folder.write(
      "single.safetensors", OriginalWriter.bytes(of: folder.path, metadata: metadata))
    return (folder, "\(folder.path)/single.safetensors?config=\(folder.path)")
  }

  /// The sample is a half everywhere; the answer of a model of the velocity lies more than 1 below it.
  @Test(arguments: [
    (Float(-2), SchedulerConfig.Prediction.velocity), (-0.6, .velocity), (-0.4, .epsilon),
    (0.5, .epsilon), (3, .epsilon),
  ])
  func theAnswerDecides(_ value: Float, _ prediction: SchedulerConfig.Prediction) throws {
    let (file, text) = try model(answering: value)
    let description = try ModelDescription(folder: text)
    #expect(description.leavesPredictionOpen)
    let loaded = try StableDiffusionModel(description, backend: ReferenceBackend())
    #expect(loaded.description.scheduler.prediction == prediction)
    withExtendedLifetime(file) {}
  }

  @Test func whatIsSaidIsNotTried() throws {
    let (file, text) = try model(
      answering: -2, metadata: ["modelspec.prediction_type": "epsilon"])
    let said = try ModelDescription(folder: text)
    #expect(!said.leavesPredictionOpen && said.scheduler.prediction == .epsilon)
    let (silent, other) = try model(answering: -2)
    let forced = try ModelDescription(folder: "\(other)&prediction=epsilon")
    #expect(!forced.leavesPredictionOpen)
    let loaded = try StableDiffusionModel(forced, backend: ReferenceBackend())
    #expect(loaded.description.scheduler.prediction == .epsilon)
    withExtendedLifetime((file, silent)) {}
  }

  /// A config that says it, and the other versions, which predict noise.
  @Test func otherFilesAreNotTried() throws {
    for name in ["tiny-sd1", "tiny-sd2", "tiny-sdxl"] {
      let place = try ModelFolder(copying: nil)
      let config = fixture("models/\(name)")
      try place.write("model.safetensors", OriginalWriter.bytes(of: config))
      let model = try ModelDescription(folder: "\(place.path)/model.safetensors?config=\(config)")
      #expect(!model.leavesPredictionOpen)
    }
  }
}
