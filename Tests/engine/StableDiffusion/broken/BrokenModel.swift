import EditJobs
import Files
import Foundation
import PromptToPrompt
import Safetensors
import StableDiffusion
import Tensors
import Testing
import TestInstruments

/// A model folder that is spoilt in one way, and what reading it must say.
struct BrokenModel: CustomTestStringConvertible, Sendable {
  var name: String
  /// A part of the message.
  var word = ""
  var spoil: @Sendable (ModelFolder) throws -> Void
  var testDescription: String { name }

  /// Reads a model as an inspection does: configs, tokenizers, every header and every shape.
  static func read(_ folder: String) throws {
    let description = try ModelDescription(folder: folder)
    let model = try StableDiffusionModel(description, backend: ShapeBackend())
    _ = try PromptEncoder(model)
  }

  /// What was said of a model, and how long that took.
  struct Complaint {
    var text: String
    /// Of this thread alone.
    var seconds: Double
  }

  /// The complaint of reading a model; `nil` where nothing was wrong.
  static func complaint(_ folder: String) throws -> Complaint? {
    var text: String?
    let seconds = try ThreadClock.measure {
      do {
        try read(folder)
      } catch let error as ModelError {
        text = error.description
      } catch let error as SafetensorsError {
        text = error.description
      } catch let error as EditError {
        text = error.description
      }
    }
    return text.map { Complaint(text: $0, seconds: seconds) }
  }

  /// What reading a model in order takes: the small one with the whole vocabulary.
  static let secondsInOrder = Result {
    try ThreadClock.measure { try read(fixture("models/tiny-sd1")) }
  }

}

extension ModelFolder {
  static let unet = "unet/diffusion_pytorch_model.safetensors"

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  /// Keeps the first bytes of a file.
  func truncate(_ name: String, to count: Int) throws {
    try write(name, try bytes(name).prefix(count))
  }

  /// Rewrites the header of a safetensors file as text; its data stays.
  func rewriteHeader(_ name: String, _ change: (String) -> String) throws {
    let bytes = try bytes(name)
    let count = Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    let text = change(String(decoding: bytes[8..<8 + count], as: UTF8.self))
    let length = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { Array($0) }
    try write(name, length + Array(text.utf8) + bytes[(8 + count)...])
  }

  /// Rewrites a text file.
  func rewrite(_ name: String, _ change: (String) -> String) throws {
    try write(name, Array(change(String(decoding: try bytes(name), as: UTF8.self)).utf8))
  }
}
