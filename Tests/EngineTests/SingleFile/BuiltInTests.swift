import Foundation
import Layers
import Safetensors
import StableDiffusion
import Testing

/// Files without any config: the published ones are built in, and the tokenizer is the cache's.
@Suite(.serialized) struct BuiltInTests {
  /// A hub cache whose one model has CLIP's tokenizer, and one that pads as the second encoder wants.
  private func cache() throws -> ModelFolder {
    let place = try ModelFolder(copying: nil)
    let snapshot = "models--some--model/snapshots/0123456789012345678901234567890123456789"
    let clip = fixture("models/tiny-sd1/tokenizer")
    try FileManager.default.createDirectory(
      atPath: "\(place.path)/\(snapshot)", withIntermediateDirectories: true)
    for name in ["tokenizer", "tokenizer_2"] {
      try FileManager.default.copyItem(
        atPath: clip, toPath: "\(place.path)/\(snapshot)/\(name)")
    }
    let map = "\(snapshot)/tokenizer_2/special_tokens_map.json"
    try place.set("pad_token", to: "!", in: map)
    return place
  }

  private func file(_ text: [String], metadata: [String: String] = [:]) throws -> ModelFolder {
    let place = try ModelFolder(copying: nil)
    var writer = SafetensorsWriter(metadata: metadata)
    writer.add(
      "model.diffusion_model.input_blocks.0.0.weight", shape: [1, 4, 1, 1], [0, 0, 0, 0])
    for name in text { writer.add(name, shape: [1], [0]) }
    try place.write("model.safetensors", writer.bytes())
    return place
  }

  /// A family, the names that show it, and its published number of weights without the encoder of
  /// pictures.
  static let families: [(name: String, keys: [String], weights: Int, side: Int)] = [
    ("sd1", ["cond_stage_model.transformer.x"], 859_520_964 + 123_060_480, 512),
    ("sd2", ["cond_stage_model.model.x"], 865_910_724 + 340_387_840, 768),
    (
      "sdxl", ["conditioner.embedders.0.transformer.x", "conditioner.embedders.1.model.x"],
      2_567_463_684 + 123_060_480 + 694_659_840, 1024
    ),
  ]

  @Test(arguments: families.indices) func publishedSizes(_ index: Int) throws {
    let (family, cache) = (Self.families[index], try cache())
    let place = try file(family.keys)
    setenv("HF_HUB_CACHE", cache.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let model = try ModelDescription(folder: "\(place.path)/model.safetensors")
    #expect(model.family == family.name && model.defaultSize.rows == family.side)
    let estimate = try model.estimate(height: 256, width: 256)
    #expect(estimate.weightBytes == 4 * (family.weights + 49_490_179 + 20))
    #expect(model.leavesPredictionOpen == (family.name == "sd2"))
    #expect(model.settings.map(\.value) == ["\(family.name) 1"])
    #expect(model.vae.scalingFactor == (family.name == "sdxl" ? 0.13025 : 0.18215))
    let folders = model.tokenizerFolders
    #expect(folders.allSatisfy { $0.hasPrefix(cache.path) })
    #expect(
      folders.map { $0.hasSuffix("_2") }
        == (family.name == "sd1"
          ? [false]
          : family.name == "sd2" ? [true] : [false, true]))
  }

  @Test func theHeaderClosesThePrediction() throws {
    let cache = try cache()
    setenv("HF_HUB_CACHE", cache.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let place = try file(
      ["cond_stage_model.model.x"], metadata: ["modelspec.prediction_type": "v"])
    let model = try ModelDescription(folder: "\(place.path)/model.safetensors")
    #expect(!model.leavesPredictionOpen && model.scheduler.prediction == .velocity)
  }

  @Test func withoutATokenizerItIsSaidWhatToDo() throws {
    let (empty, place) = (try ModelFolder(copying: nil), try file(Self.families[0].keys))
    setenv("HF_HUB_CACHE", empty.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let error = #expect(throws: ModelError.self) {
      try ModelDescription(folder: "\(place.path)/model.safetensors")
    }
    #expect(error?.kind == .missing && error?.what.contains("no tokenizer") == true)
    #expect(error?.hint?.contains("config=FOLDER") == true)
  }
}
