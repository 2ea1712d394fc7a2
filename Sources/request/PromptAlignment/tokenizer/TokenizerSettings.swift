import Files
import Foundation

/// `tokenizer_config.json` and `special_tokens_map.json`: the special tokens, the window, and tokens
/// beside the vocabulary.
struct TokenizerSettings {
  /// The special tokens' texts.
  struct SpecialTokens {
    var bos = "<|startoftext|>"
    var eos = "<|endoftext|>"
    var unknown = "<|endoftext|>"
    var pad = "<|endoftext|>"
    /// The four texts, each once.
    var all: Set<String> { [bos, eos, unknown, pad] }
  }

  private(set) var special = SpecialTokens()
  /// Further special tokens, which nobody gives an id here.
  private(set) var furtherTokens: [AddedToken] = []
  /// `model_max_length`; `nil` where it is absent or the huge number that stands for "none".
  private(set) var maximumLength: Int?
  /// `added_tokens_decoder`; `nil` where there is none, so that `added_tokens.json` counts.
  private(set) var added: [AddedToken]?

  /// Reads both files of a tokenizer's folder. What `special_tokens_map.json` says goes before the
  /// other, as in the published loader (Stable Diffusion 2 pads with `!` by that file alone).
  init(folder: String) throws(EditError) {
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let file: File
      do {
        let decoder = JSONDecoder()
        // Python writes NaN, Infinity and -Infinity, which are no JSON.
        decoder.allowsJSON5 = true
        file = try decoder.decode(File.self, from: Data(try TokenizerFiles.read(path)))
      } catch let error as EditError {
        throw error
      } catch {
        throw TokenizerFiles.damaged(path, "it is not the JSON of a tokenizer's settings")
      }
      take(file, from: path)
    }
  }

  private mutating func take(_ file: File, from path: String) {
    special.bos = file.bos_token?.content ?? special.bos
    special.eos = file.eos_token?.content ?? special.eos
    special.unknown = file.unk_token?.content ?? special.unknown
    special.pad = file.pad_token?.content ?? special.pad
    for list in [file.additional_special_tokens, file.extra_special_tokens].compactMap(\.self) {
      furtherTokens += list.tokens.map { $0.added(id: 0, isSpecial: true) }
    }
    if let number = file.model_max_length, number >= 3, number <= 65_536 {
      maximumLength = Int(number)
    }
    guard let tokens = file.added_tokens_decoder else { return }
    added = tokens.compactMap { text, token in
      guard let id = Int(text), id >= 0 else { return nil }
      var added = token.added(id: id)
      added.file = path
      return added
    }.sorted { $0.id < $1.id }
  }

  private struct File: Decodable {
    var bos_token: Token?
    var eos_token: Token?
    var unk_token: Token?
    var pad_token: Token?
    var model_max_length: Double?
    var added_tokens_decoder: [String: Token]?
    var additional_special_tokens: TokenList?
    var extra_special_tokens: TokenList?
  }

  /// A list of tokens, or an object with one for each name.
  private struct TokenList: Decodable {
    var tokens: [Token]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let list = try? value.decode([Token].self) {
        tokens = list
      } else {
        tokens = try value.decode([String: Token].self).sorted { $0.key < $1.key }.map(\.value)
      }
    }
  }

  /// A token: its text, or an object with its text and how it is looked for.
  private struct Token: Decodable {
    var content: String
    var single_word: Bool?
    var normalized: Bool?
    var special: Bool?

    private enum Name: String, CodingKey { case content, single_word, normalized, special }

    /// The token of an id; special tokens are looked for as they are, unless it says otherwise.
    func added(id: Int, isSpecial: Bool = false) -> AddedToken {
      AddedToken(
        content: content, id: id, isSingleWord: single_word ?? false,
        isNormalized: normalized ?? !(special ?? isSpecial))
    }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        content = text
        return
      }
      let object = try decoder.container(keyedBy: Name.self)
      content = try object.decode(String.self, forKey: .content)
      single_word = try object.decodeIfPresent(Bool.self, forKey: .single_word)
      normalized = try object.decodeIfPresent(Bool.self, forKey: .normalized)
      special = try object.decodeIfPresent(Bool.self, forKey: .special)
    }
  }
}
