import EditJobs
import Foundation
import PromptAlignment

/// Readers of a tokenizer's files, and of prompts.
enum TokenizerReaders {
  private static let folder = {
    let folder = Scratch.folder("tokenizer")
    Scratch.write(Array(vocabularyText.utf8), "\(folder)/vocab.json")
    Scratch.write(Array(mergesText.utf8), "\(folder)/merges.txt")
    return folder
  }()
  static let vocabularyText =
    #"{"<|startoftext|>":0,"<|endoftext|>":1,"!":2,"a":3,"b":4,"a</w>":5,"ab</w>":6}"#
  static let mergesText = "#version: 0.2\na b</w>\n"

  private static func read() {
    guard let tokenizer = try? CLIPTokenizer(folder: folder, textLength: 77) else { return }
    _ = try? Prompt("a b ab !ab", tokenizer: tokenizer)
    for id in -1...8 { _ = tokenizer.text(of: id) }
  }

  static let vocabulary: @Sendable ([UInt8]) -> Void = { bytes in
    Scratch.write(bytes, "\(folder)/vocab.json")
    read()
  }

  static let merges: @Sendable ([UInt8]) -> Void = { bytes in
    Scratch.write(bytes, "\(folder)/merges.txt")
    read()
  }

  /// `tokenizer.json` on its own, and the same bytes as a list of added tokens beside a vocabulary.
  static let document: @Sendable ([UInt8]) -> Void = { bytes in
    let alone = Scratch.folder("tokenizer-document")
    Scratch.write(bytes, "\(alone)/tokenizer.json")
    if let tokenizer = try? CLIPTokenizer(folder: alone) {
      _ = try? Prompt("a <b> ab !ab", tokenizer: tokenizer)
    }
    Scratch.write(bytes, "\(folder)/added_tokens.json")
    read()
  }

  static let settings: @Sendable ([UInt8]) -> Void = { bytes in
    Scratch.write(bytes, "\(folder)/tokenizer_config.json")
    Scratch.write(Array(bytes.reversed()), "\(folder)/special_tokens_map.json")
    read()
  }

  /// A prompt, and an edit of the same words turned round, as a request has them.
  static let prompt: @Sendable ([UInt8]) -> Void = { bytes in
    guard let tokenizer else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let source = try? Prompt(text, tokenizer: tokenizer) else { return }
    let other = text.split(separator: " ").reversed().joined(separator: " ")
    for method in EditMethod.allCases {
      _ = try? EditSpec(prompt: other, method: method, weights: ["a": 2])
        .resolved(source: source, tokenizer: tokenizer, steps: 9)
    }
  }

  private static let tokenizer = try? CLIPTokenizer(folder: folder, textLength: 77)
}
