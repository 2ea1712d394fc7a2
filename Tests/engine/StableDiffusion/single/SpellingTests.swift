import Foundation
import Layers
import Safetensors
import StableDiffusion
import Testing

/// Names that some programs write into single files, and tensors that are left alone.
@Suite struct SpellingTests {
  struct Spelling: CustomTestStringConvertible, Sendable {
    var model: String
    var from: String
    var to: String
    var testDescription: String { "\(model): \(to)" }
  }

  static let spellings = [
    Spelling(model: "tiny-sd1", from: "first_stage_model.", to: "vae."),
    Spelling(model: "tiny-sd2", from: "first_stage_model.", to: "vae."),
    Spelling(model: "tiny-sdxl", from: "first_stage_model.", to: "vae."),
    // Merges of old.
    Spelling(
      model: "tiny-sd1", from: "cond_stage_model.transformer.text_model.",
      to: "cond_stage_model.transformer."),
    Spelling(
      model: "tiny-sdxl", from: "conditioner.embedders.0.transformer.text_model.",
      to: "conditioner.embedders.0.transformer."),
    // The second version as the code that came with XL calls it.
    Spelling(
      model: "tiny-sd2", from: "cond_stage_model.model.", to: "conditioner.embedders.0.model."),
  ]

  @Test(arguments: spellings) func everyTensorHasTheSameBits(_ spelling: Spelling) throws {
    let config = fixture("models/\(spelling.model)")
    let place = try ModelFolder(copying: nil)
    let bytes = try OriginalWriter.bytes(
      of: config, renaming: [(from: spelling.from, to: spelling.to)])
    try place.write("model.safetensors", bytes)
    let names = try SafetensorsFile(bytes: bytes, name: "").names
    #expect(!names.contains { $0.hasPrefix(spelling.from) })
    #expect(names.contains { $0.hasPrefix(spelling.to) })
    let (whole, single) = (
      ReferenceBackend(logsWeights: true), ReferenceBackend(logsWeights: true)
    )
    _ = try StableDiffusionModel(folder: config, backend: whole).loadEncoder()
    let loaded = try StableDiffusionModel(
      folder: "\(place.path)/model.safetensors?config=\(config)", backend: single)
    _ = try loaded.loadEncoder()
    #expect(whole.weights.count > 200 && whole.weights.count == single.weights.count)
    let first = zip(whole.weights, single.weights).enumerated().first { $1.0 != $1.1 }
    #expect(first == nil, "weight \(first?.offset ?? -1) differs")
    #expect(loaded.description.family == String(spelling.model.dropFirst(5)))
  }

  /// Files of the second version have a block of text more than is used; here it is of zeros.
  @Test func theLastBlockOfTheSecondVersionIsNotUsed() throws {
    let config = fixture("models/tiny-sd2")
    let bytes = try OriginalWriter.bytes(of: config)
    let blocks = try SafetensorsFile(bytes: bytes, name: "").names.compactMap {
      $0.firstMatch(of: /^cond_stage_model\.model\.transformer\.resblocks\.(\d+)\.ln_1\.weight$/)?.1
    }
    let layers = try CLIPTextConfig(path: "\(config)/text_encoder/config.json").layers
    #expect(blocks.map(String.init).sorted() == (0...layers).map(String.init))
    let place = try ModelFolder(copying: nil)
    try place.write("model.safetensors", bytes)
    let backend = ReferenceBackend(logsWeights: true)
    let model = try StableDiffusionModel(
      folder: "\(place.path)/model.safetensors?config=\(config)", backend: backend)
    #expect(
      backend.download(model.encode([1, 2, 3]).states)
        == backend.download(
          try StableDiffusionModel(folder: config, backend: backend).encode([1, 2, 3]).states))
  }
}
