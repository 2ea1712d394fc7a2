import EditJobs
import Foundation
import StableDiffusion
import Testing
import TestInstruments

/// Broken models of every kind: each is told in a clear message, at once.
@Suite struct BrokenModelTests {
  private func check(_ folder: ModelFolder, _ word: String, _ what: String) throws {
    let found = try BrokenModel.complaint(folder.path)
    let complaint = try #require(found, "\(what) was not noticed")
    try checkTime(complaint, what)
    #expect(complaint.text.contains(folder.path), "\(what): \(complaint.text)")
    #expect(word.isEmpty || complaint.text.contains(word), "\(what): \(complaint.text)")
    #expect(complaint.text.utf8.count < 2000, "\(what) says too much")
  }

  /// Beside what a model in order takes: nothing is read twice or computed before it is looked at.
  private func checkTime(_ complaint: BrokenModel.Complaint, _ what: String) throws {
    let inOrder = try BrokenModel.secondsInOrder.get()
    #expect(
      complaint.seconds < 40 * inOrder,
      "\(what) took \(complaint.seconds) s; a model in order \(inOrder) s")
  }

  @Test(arguments: BrokenModel.weights + BrokenModel.texts)
  func isToldAtOnce(_ broken: BrokenModel) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try broken.spoil(folder)
    try check(folder, broken.word, broken.name)
  }

  @Test(
    arguments: [
      ModelFolder.unet, "vae/diffusion_pytorch_model.safetensors",
      "text_encoder/model.safetensors", "unet/config.json", "scheduler/scheduler_config.json",
      "tokenizer/vocab.json",
    ], SeededRandom.drawn())
  func filesThatAreCutOffAnywhere(_ name: String, seed: UInt64) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let whole = try folder.bytes(name)
    var random = SeededRandom(seed: seed)
    for _ in 0..<12 {
      let count = Int.random(in: 0..<whole.count - 2, using: &random)
      try folder.write(name, whole.prefix(count))
      try check(folder, "", "\(name) of \(count) bytes")
    }
  }

  @Test(arguments: SeededRandom.drawn())
  func singleFilesThatAreCutOffAnywhere(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let bytes = try OriginalWriter.bytes(of: fixture("models/tiny-sd1"))
    let place = try ModelFolder(copying: nil)
    for part in 0..<12 {
      let count = bytes.count * part / 12 + Int.random(in: 0..<bytes.count / 12, using: &random)
      try place.write("model.safetensors", bytes.prefix(count))
      let found = try BrokenModel.complaint(
        "\(place.path)/model.safetensors?config=\(fixture("models/tiny-sd1"))")
      let complaint = try #require(found, "\(count) bytes were enough")
      try checkTime(complaint, "\(count) bytes")
      #expect(complaint.text.contains(place.path))
    }
  }

  /// What the third family has beside the others.
  @Test(arguments: BrokenModel.second)
  func theSecondTextEncoderIsToldAtOnce(_ broken: BrokenModel) throws {
    let folder = try ModelFolder(copying: "tiny-sdxl")
    try broken.spoil(folder)
    try check(folder, broken.word, broken.name)
  }

  @Test(
    arguments: [
      "text_encoder_2/model.safetensors", "text_encoder_2/config.json", "tokenizer_2/vocab.json",
    ], SeededRandom.drawn())
  func filesOfTheSecondTextEncoderThatAreCutOff(_ name: String, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let folder = try ModelFolder(copying: "tiny-sdxl")
    let whole = try folder.bytes(name)
    for part in 0..<8 {
      let count = whole.count * part / 8 + Int.random(in: 0..<whole.count / 8, using: &random)
      try folder.write(name, whole.prefix(count))
      try check(folder, "", "\(name) of \(count) bytes")
    }
  }

  @Test func aModelInOrderIsTaken() throws {
    for name in ["tiny-sd2", "tiny-sdxl"] {
      let folder = try ModelFolder(copying: name)
      let complaint = try BrokenModel.complaint(folder.path)
      #expect(complaint == nil, "\(complaint?.text ?? "")")
    }
  }
}
