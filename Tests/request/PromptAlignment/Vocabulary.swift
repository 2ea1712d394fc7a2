import EditJobs
import Files
import Foundation
import PromptAlignment
import Testing

/// The tokenizers that the alignment and planner tests share.
enum Vocabulary {
  /// CLIP's published vocabulary.
  static let clip = Result { () throws(EditError) in
    try CLIPTokenizer(folder: folder("tiny-sd1"))
  }

  /// Tokenizer folder of a test model; the models belong to the engine's tests.
  static func folder(_ model: String) -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return tests.appending(path: "engine/Fixtures/models/\(model)/tokenizer").path
  }

  /// A prompt in CLIP's tokens.
  static func prompt(_ text: String) throws -> Prompt {
    try Prompt(text, tokenizer: clip.get())
  }

  /// The decoded JSON of a file under `Fixtures`.
  static func golden<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let path = (Bundle.module.resourcePath ?? ".") + "/Fixtures/" + name
    return try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
  }

  /// The error that something throws; a test fails where it throws none.
  static func error(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) throws -> EditError {
    try #require(
      #expect(throws: EditError.self, sourceLocation: sourceLocation) { try body() },
      sourceLocation: sourceLocation)
  }

  /// A folder with a small tokenizer of the given files; removed after the body.
  static func withFolder<Result>(
    _ files: [String: String], _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    return try body(folder.path)
  }
}
