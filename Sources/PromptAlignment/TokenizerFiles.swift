import EditJobs
import Foundation

/// The files of a tokenizer folder as published.
struct TokenizerFiles {
  /// The special tokens' texts.
  struct SpecialTokens {
    var bos = "<|startoftext|>"
    var eos = "<|endoftext|>"
    var unknown = "<|endoftext|>"
    var pad = "<|endoftext|>"
  }

  var vocabulary: ByteTable
  var merges: BytePairMerges
  var special: SpecialTokens
  /// `model_max_length`; `nil` where it is absent or the huge number that stands for "none".
  var maximumLength: Int?

  init(folder: String) throws(EditError) {
    let vocabularyPath = folder + "/vocab.json"
    let vocabularyBytes = try Self.read(vocabularyPath)
    do {
      vocabulary = try VocabularyScanner.table(vocabularyBytes)
    } catch {
      throw Self.damaged(vocabularyPath, "\(error.what) at byte \(error.offset)")
    }
    let mergesPath = folder + "/merges.txt"
    guard let merges = BytePairMerges(try Self.read(mergesPath)) else {
      throw Self.damaged(mergesPath, "a line is not two symbols with a blank between")
    }
    self.merges = merges
    (special, maximumLength) = try Self.settings(folder: folder)
  }

  /// The settings of `tokenizer_config.json`; what `special_tokens_map.json` says goes before it,
  /// as in the published loader (Stable Diffusion 2 pads with `!` by that file alone).
  private static func settings(folder: String) throws(EditError) -> (SpecialTokens, Int?) {
    var special = SpecialTokens()
    var length: Int?
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let settings: Settings
      do {
        settings = try JSONDecoder().decode(Settings.self, from: Data(try read(path)))
      } catch let error as EditError {
        throw error
      } catch {
        throw damaged(path, "it is not the JSON of a tokenizer's settings")
      }
      special.bos = settings.bos_token?.content ?? special.bos
      special.eos = settings.eos_token?.content ?? special.eos
      special.unknown = settings.unk_token?.content ?? special.unknown
      special.pad = settings.pad_token?.content ?? special.pad
      if let number = settings.model_max_length, number >= 3, number <= 65_536 {
        length = Int(number)
      }
    }
    return (special, length)
  }

  private struct Settings: Decodable {
    var bos_token: Token?
    var eos_token: Token?
    var unk_token: Token?
    var pad_token: Token?
    var model_max_length: Double?
  }

  /// A special token: its text, or an object with its text and how to strip around it.
  private struct Token: Decodable {
    var content: String

    private enum Name: String, CodingKey { case content }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        content = text
      } else {
        content = try decoder.container(keyedBy: Name.self).decode(String.self, forKey: .content)
      }
    }
  }

  /// More than any tokenizer's file takes.
  private static let longest = 32 << 20

  private static func read(_ path: String) throws(EditError) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw EditError("tokenizer-missing", .missing, "no tokenizer: \(path) is missing")
    }
    let facts = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    guard facts?[.type] as? FileAttributeType == .typeRegular,
      let size = facts?[.size] as? Int, size <= longest
    else {
      throw damaged(path, "it is no file of at most \(longest) bytes")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EditError("tokenizer-unreadable", .notAllowed, "cannot read \(path)")
    }
    return Array(data)
  }

  private static func damaged(_ path: String, _ what: String) -> EditError {
    EditError("tokenizer-damaged", .data, "\(path) is damaged: \(what)")
  }
}
