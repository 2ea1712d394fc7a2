import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import ResultFiles
import Testing

/// Single files and shards from `p2p enqueue` through daemon and worker to pictures, which are those of
/// the folder; generated, and from a photograph.
@Suite(.serialized) struct LayoutCommandTests {
  private static let photo = RealSweep.root.appending(
    path: "Tests/Fixtures/photos/shapes.jpg"
  ).path

  /// The pixels of source and edit.
  private func pictures(
    _ model: [String], _ more: [String], _ state: StateFolder, name: String
  ) throws -> [PixelBuffer] {
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--name", name, "--wait", "--no-reprompt", "--prompt",
        "a red circle next to a star", "--to", "a blue circle next to a star", "--steps", "3",
        "--cfg", "3",
      ] + model + more, state)
    try #require(ran.status == 0, "\(name): \(ran.errors)")
    return try ["source.png", "cells/cell.png"].map { file in
      let path = try RealSweep.file(file, sweep: name, state)
      return try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path)))).pixels
    }
  }

  @Test(arguments: FamilyOrderTests.models)
  func aSingleFileWithAFolderOfConfigs(_ model: String) throws {
    let place = try TemporaryFolder()
    let whole = FamilyOrderTests.folder(model)
    let (name, config) = try ModelLayout.file.write(whole, into: place.path)
    let single = ["--model", name, "--model-config", try #require(config)]
    for (kind, more) in [("generated", ["--seed", "5"]), ("photo", ["--image", Self.photo])] {
      let folder = try pictures(["--model", whole], more, place.state, name: "\(kind)-folder")
      let file = try pictures(single, more, place.state, name: "\(kind)-file")
      #expect(folder == file, "\(kind)")
      #expect(folder[0] != folder[1])
    }
  }

  @Test(arguments: [
    ModelLayout.shards, .half, .fileBesideFolder, .fileAndVAE, .tokenizerDocument,
  ])
  func otherLayouts(_ layout: ModelLayout) throws {
    let place = try TemporaryFolder()
    let whole = FamilyOrderTests.folder("tiny-sd2")
    let (name, config) = try layout.write(whole, into: place.path)
    let photo = ["--image", Self.photo, "--inversion", "negative-prompt"]
    let folder = try pictures(["--model", whole], photo, place.state, name: "folder")
    let other = try pictures(
      ["--model", name] + (config.map { ["--model-config", $0] } ?? []), photo, place.state,
      name: "other")
    #expect(folder == other)
  }

  @Test func withoutAnAutoencoderItIsSaidHowToNameOne() throws {
    let place = try TemporaryFolder()
    let whole = FamilyOrderTests.folder("tiny-sd1")
    let (name, config) = try ModelLayout.fileAndVAE.write(whole, into: place.path)
    let file = String(name.prefix { $0 != "?" })
    func refusal(_ model: String) throws -> (Int32, String) {
      let ran = try RealSweep.p2p(
        [
          "enqueue", "--model", model, "--model-config", try #require(config), "--prompt", "a star",
        ], place.state)
      return (ran.status, ran.errors)
    }
    let (status, errors) = try refusal(file)
    #expect(status == Files.ExitStatus.missing.rawValue, "\(errors)")
    #expect(errors.contains("no autoencoder") && errors.contains("vae=FILE"), "\(errors)")
    for (vae, word) in [
      ("\(place.path)/none.safetensors", "not there"), ("\(whole)/vae", "folder"),
      ("\(whole)/unet/diffusion_pytorch_model.safetensors", "no autoencoder"),
    ] {
      let (status, errors) = try refusal("\(file)?vae=\(vae)")
      #expect(status != 0 && errors.contains(word) && errors.contains(vae), "\(errors)")
    }
  }

  /// A single file without any configs but those that are built in wants a tokenizer from the cache.
  @Test func withoutConfigsItIsSaidWhatToDo() throws {
    let place = try TemporaryFolder()
    let (name, _) = try ModelLayout.file.write(
      FamilyOrderTests.folder("tiny-sd1"), into: place.path)
    let ran = try RealSweep.p2p(
      ["enqueue", "--model", name, "--prompt", "a star"], place.state,
      environment: ["HF_HUB_CACHE": "\(place.path)/empty"])
    #expect(ran.status == Files.ExitStatus.missing.rawValue, "\(ran.errors)")
    #expect(ran.errors.contains("the file has no tokenizer"), "\(ran.errors)")
    #expect(ran.errors.contains("config=FOLDER"), "\(ran.errors)")
    let wrong = try RealSweep.p2p(
      [
        "enqueue", "--model", name, "--model-config", FamilyOrderTests.folder("tiny-sdxl"),
        "--prompt", "a star",
      ], place.state)
    #expect(wrong.status == Files.ExitStatus.data.rawValue, "\(wrong.errors)")
    #expect(wrong.errors.contains(name), "\(wrong.errors)")
  }
}
