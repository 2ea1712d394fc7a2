import EditJobs
import Foundation
import StableDiffusion
import Testing

/// Broken models of every kind: each is told in a clear message, within a second.
@Suite struct BrokenModelTests {
  private func check(_ folder: ModelFolder, _ word: String, _ what: String) throws {
    let found = try BrokenModel.complaint(folder.path)
    let complaint = try #require(found, "\(what) was not noticed")
    #expect(complaint.seconds < 1, "\(what) took \(complaint.seconds) s")
    // Other tests run beside this one.
    #expect(complaint.elapsed < .seconds(10), "\(what) took \(complaint.elapsed)")
    #expect(complaint.text.contains(folder.path), "\(what): \(complaint.text)")
    #expect(word.isEmpty || complaint.text.contains(word), "\(what): \(complaint.text)")
    #expect(complaint.text.utf8.count < 2000, "\(what) says too much")
  }

  @Test(arguments: BrokenModel.weights + BrokenModel.texts)
  func isToldWithinASecond(_ broken: BrokenModel) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try broken.spoil(folder)
    try check(folder, broken.word, broken.name)
  }

  @Test(arguments: [
    ModelFolder.unet, "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors",
    "unet/config.json", "scheduler/scheduler_config.json", "tokenizer/vocab.json",
  ])
  func filesThatAreCutOffAnywhere(_ name: String) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let whole = try folder.bytes(name)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<12 {
      let count = Int.random(in: 0..<whole.count - 2, using: &random)
      try folder.write(name, whole.prefix(count))
      try check(folder, "", "\(name) of \(count) bytes")
    }
  }

  @Test func singleFilesThatAreCutOffAnywhere() throws {
    let bytes = try OriginalWriter.bytes(of: fixture("models/tiny-sd1"))
    let place = try ModelFolder(copying: nil)
    for part in 0..<12 {
      let count = bytes.count * part / 12 + Int.random(in: 0..<bytes.count / 12)
      try place.write("model.safetensors", bytes.prefix(count))
      let found = try BrokenModel.complaint(
        "\(place.path)/model.safetensors?config=\(fixture("models/tiny-sd1"))")
      let complaint = try #require(found, "\(count) bytes were enough")
      #expect(complaint.seconds < 1 && complaint.text.contains(place.path))
    }
  }

  /// What the third family has beside the others.
  @Test(arguments: BrokenModel.second)
  func theSecondTextEncoderIsToldWithinASecond(_ broken: BrokenModel) throws {
    let folder = try ModelFolder(copying: "tiny-sdxl")
    try broken.spoil(folder)
    try check(folder, broken.word, broken.name)
  }

  @Test(arguments: [
    "text_encoder_2/model.safetensors", "text_encoder_2/config.json", "tokenizer_2/vocab.json",
  ])
  func filesOfTheSecondTextEncoderThatAreCutOff(_ name: String) throws {
    let folder = try ModelFolder(copying: "tiny-sdxl")
    let whole = try folder.bytes(name)
    for part in 0..<8 {
      let count = whole.count * part / 8 + Int.random(in: 0..<(whole.count / 8))
      try folder.write(name, whole.prefix(count))
      try check(folder, "", "\(name) of \(count) bytes")
    }
  }

  @Test func aModelInOrderIsTakenWithinASecond() throws {
    for name in ["tiny-sd2", "tiny-sdxl"] {
      let folder = try ModelFolder(copying: name)
      let complaint = try BrokenModel.complaint(folder.path)
      #expect(complaint == nil, "\(complaint?.text ?? "")")
    }
  }
}
