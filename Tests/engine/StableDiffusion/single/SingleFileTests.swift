import EditJobs
import Foundation
import PromptToPrompt
import ResultFiles
import RunMeasures
import Safetensors
import StableDiffusion
import Tensors
import Testing

/// Checkpoints in one file, with the original code's names, against the same model as a folder.
@Suite struct SingleFileTests {
  static let models = ["tiny-sd1", "tiny-sd2", "tiny-sdxl"]

  /// A file in a folder of its own.
  private func file(_ model: String, metadata: [String: String] = [:]) throws -> ModelFolder {
    let folder = try ModelFolder(copying: nil)
    try folder.write(
      "model.safetensors",
      try OriginalWriter.bytes(of: fixture("models/\(model)"), metadata: metadata))
    return folder
  }

  @Test(arguments: models) func everyTensorHasTheSameBits(_ model: String) throws {
    let place = try file(model)
    let (whole, single) = (
      ReferenceBackend(logsWeights: true), ReferenceBackend(logsWeights: true)
    )
    _ = try StableDiffusionModel(folder: fixture("models/\(model)"), backend: whole).loadEncoder()
    let loaded = try StableDiffusionModel(
      folder: "\(place.path)/model.safetensors?config=\(fixture("models/\(model)"))",
      backend: single)
    _ = try loaded.loadEncoder()
    #expect(whole.weights.count > 200 && whole.weights.count == single.weights.count)
    let first = zip(whole.weights, single.weights).enumerated().first { $1.0 != $1.1 }
    #expect(first == nil, "weight \(first?.offset ?? -1) differs")
    #expect(loaded.description.family == String(model.dropFirst(5)))
  }

  @Test(arguments: models) func aWholeRunHasTheSameBytes(_ model: String) throws {
    let place = try file(model)
    // A folder of the file's name beside it is the configuration.
    try FileManager.default.copyItem(
      atPath: fixture("models/\(model)"), toPath: "\(place.path)/model")
    func run(_ folder: String) throws -> (records: [[Float]], picture: [Float]) {
      let rig = try EditRig(folder, prompt: "a red circle next to a star", steps: 3)
      let source = try rig.runSource()
      let edit = EditSpec(prompt: "a blue circle next to a star")
      let variant = try #require(try rig.runVariants([edit], of: source).first)
      #expect(variant.injected > 0)
      let last = try #require(variant.records.last)
      let picture = rig.setting.model.decode(rig.setting.unit(from: last).run.latents)
      return (
        source.records.map(\.latents) + variant.records.map(\.latents),
        rig.setting.backend.download(picture)
      )
    }
    let (whole, single) = (try run(model), try run("\(place.path)/model.safetensors"))
    #expect(whole.records.count == single.records.count)
    for (a, b) in zip(whole.records, single.records) { #expect(firstDifference(a, b) == nil) }
    #expect(firstDifference(whole.picture, single.picture) == nil)
  }

  /// An autoencoder of its own file, in every naming, beside a checkpoint that has none and beside a
  /// folder; it goes before one that is there.
  @Test(arguments: ["diffusers", "vae.", "first_stage_model.", ""])
  func anAutoencoderOfItsOwnFile(_ naming: String) throws {
    let model = fixture("models/tiny-sd1")
    let place = try file("tiny-sd1")
    let single = "\(place.path)/model.safetensors"
    let whole = try SafetensorsFile(path: single)
    func write(_ name: String, from file: SafetensorsFile, _ rename: (String) -> String?) throws {
      var writer = SafetensorsWriter()
      for key in file.names {
        guard let new = rename(key) else { continue }
        let entry = try file.entry(key)
        writer.add(
          new, try #require(entry.type), shape: entry.shape,
          bytes: try file.withBytes(key) { Array($0) })
      }
      try place.write(name, writer.bytes())
    }
    let prefix = "first_stage_model."
    if naming == "diffusers" {
      let own = try SafetensorsFile(path: "\(model)/vae/diffusion_pytorch_model.safetensors")
      try write("vae.safetensors", from: own) { $0 }
    } else {
      try write("vae.safetensors", from: whole) {
        $0.hasPrefix(prefix) ? naming + $0.dropFirst(prefix.count) : nil
      }
    }
    try write("bare.safetensors", from: whole) { $0.hasPrefix(prefix) ? nil : $0 }
    let vae = "\(place.path)/vae.safetensors"
    func weights(_ text: String) throws -> (ReferenceBackend, ModelDescription) {
      let backend = ReferenceBackend(logsWeights: true)
      let model = try StableDiffusionModel(folder: text, backend: backend)
      _ = try model.loadEncoder()
      return (backend, model.description)
    }
    let (expected, _) = try weights(model)
    for text in [
      "\(place.path)/bare.safetensors?config=\(model)&vae=\(vae)", "\(model)?vae=\(vae)",
    ] {
      let (found, description) = try weights(text)
      #expect(found.weights.count == expected.weights.count)
      #expect(zip(found.weights, expected.weights).allSatisfy { $0 == $1 }, "\(text)")
      #expect(description.loadedFiles.contains { $0.role == "vae.file" && $0.path == vae })
      #expect(description.inputs.contains(vae))
      #expect(!description.loadedFiles.contains { $0.role == "vae.weights.0" })
      #expect(try ModelLocation(text).description == text)
    }
    let error = #expect(throws: ModelError.self) {
      try StableDiffusionModel(
        folder: "\(place.path)/bare.safetensors?config=\(model)", backend: ShapeBackend())
    }
    #expect(error?.hint?.contains("vae=FILE") == true)
  }

  @Test func theConfigurationMustFit() throws {
    let place = try file("tiny-sd1")
    for other in ["tiny-sd2", "tiny-sdxl"] {
      let error = #expect(throws: ModelError.self) {
        try StableDiffusionModel(
          folder: "\(place.path)/model.safetensors?config=\(fixture("models/\(other)"))",
          backend: ReferenceBackend())
      }
      #expect(error?.kind == .damaged, "\(error?.description ?? "")")
    }
  }

  @Test func filesByRole() throws {
    let place = try file("tiny-sdxl")
    let config = fixture("models/tiny-sdxl")
    let path = "\(place.path)/model.safetensors"
    let model = try ModelDescription(folder: "\(path)?config=\(config)")
    let roles = model.loadedFiles
    #expect(Set(roles.map(\.role)).count == roles.count)
    #expect(roles.contains { $0.role == "checkpoint" && $0.path == path })
    #expect(roles.contains { $0.role == "tokenizer_2.vocab.json" })
    #expect(roles.contains { $0.role == "unet.config" && $0.path == "\(config)/unet/config.json" })
    #expect(model.settings.isEmpty)
    let forced = try ModelDescription(folder: "\(path)?config=\(config)&prediction=v_prediction")
    #expect(forced.settings.map(\.value) == ["v_prediction"])
    #expect(forced.scheduler.prediction == .velocity)
  }

  @Test func whatTheHeaderSaysOfThePredictionCounts() throws {
    let place = try file("tiny-sd2", metadata: ["modelspec.prediction_type": "epsilon"])
    let text = "\(place.path)/model.safetensors?config=\(fixture("models/tiny-sd2"))"
    #expect(try ModelDescription(folder: text).scheduler.prediction == .epsilon)
    #expect(
      try ModelDescription(folder: text + "&prediction=v_prediction").scheduler.prediction
        == .velocity)
    let silent = try file("tiny-sd2")
    #expect(
      try ModelDescription(
        folder: "\(silent.path)/model.safetensors?config=\(fixture("models/tiny-sd2"))"
      ).scheduler.prediction == .velocity)
  }
}
