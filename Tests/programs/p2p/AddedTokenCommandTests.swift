import EditJobs
import Files
import Foundation
import Imaging
import Safetensors
import Testing

/// Textual inversion: a token beside the vocabulary, with a row of the text encoder, from the command
/// line to pictures.
@Suite struct AddedTokenCommandTests {
  /// The bundled model with a token `<cat-toy>` that means what `red` means.
  private func model(_ file: String, _ text: String, in folder: TemporaryFolder) throws -> String {
    let model = "\(folder.path)/model"
    try FileManager.default.copyItem(atPath: WorkerProcess.model, toPath: model)
    let path = "\(model)/text_encoder/model.safetensors"
    let weights = try SafetensorsFile(path: path)
    var writer = SafetensorsWriter()
    for name in weights.names {
      let entry = try weights.entry(name)
      var (shape, bytes) = (entry.shape, try weights.withBytes(name) { Array($0) })
      if name == "embeddings.token_embedding.weight" {
        let row = 2 * shape[1]
        bytes += bytes[560 * row..<561 * row]
        shape[0] += 1
      }
      writer.add(name, try #require(entry.type), shape: shape, bytes: bytes)
    }
    try Data(writer.bytes()).write(to: URL(filePath: path))
    let config = "\(model)/text_encoder/config.json"
    try String(contentsOfFile: config, encoding: .utf8)
      .replacing("\"vocab_size\": 606", with: "\"vocab_size\": 607")
      .write(toFile: config, atomically: true, encoding: .utf8)
    try text.write(toFile: "\(model)/tokenizer/\(file)", atomically: true, encoding: .utf8)
    return model
  }

  private func pictures(
    _ prompt: String, _ edit: String, _ model: String, _ folder: TemporaryFolder, name: String
  ) throws -> [PixelBuffer] {
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--name", name, "--wait", "--no-reprompt", "--model", model, "--prompt", prompt,
        "--to", edit, "--steps", "3", "--cfg", "3",
      ], folder.state)
    try #require(ran.status == 0, "\(name): \(ran.errors)")
    return try ["source.png", "cells/cell.png"].map { file in
      let path = try RealSweep.file(file, sweep: name, folder.state)
      return try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path)))).pixels
    }
  }

  @Test(arguments: [
    ("added_tokens.json", #"{"<cat-toy>": 606}"#),
    ("tokenizer.json", #"{"added_tokens": [{"id": 606, "content": "<cat-toy>"}], "model": null}"#),
  ])
  func itsNameIsOneToken(_ file: String, _ text: String) throws {
    let folder = try TemporaryFolder()
    let model = try model(file, text, in: folder)
    let tokens = try RealSweep.p2p(
      ["tokens", "a <cat-toy> circle", "--model", model], folder.state)
    #expect(tokens.status == 0 && tokens.output.contains(/<cat-toy> +606/), "\(tokens.output)")
    let named = try pictures(
      "a <cat-toy> circle", "a blue circle", model, folder, name: "named")
    let plain = try pictures("a red circle", "a blue circle", model, folder, name: "plain")
    #expect(named == plain && named[0] != named[1])
  }

  @Test func aTokenWithoutARowIsRefusedAtOnce() throws {
    let folder = try TemporaryFolder()
    let model = try model("added_tokens.json", #"{"<cat-toy>": 607}"#, in: folder)
    let refused = try RealSweep.p2p(
      ["enqueue", "--model", model, "--prompt", "a <cat-toy>"], folder.state)
    #expect(refused.status == Files.ExitStatus.data.rawValue, "\(refused.errors)")
    #expect(refused.errors.contains("607 (<cat-toy>)"), "\(refused.errors)")
  }
}
