public import Files

/// How requests name words of a prompt: `cat` (every occurrence), `cat#2` (the second one), a
/// phrase `pea soup`, or `@3` (a token by its index).
///
/// What reads like an occurrence and is none is a word by itself: `can#2` of a prompt with one `can`
/// that has the word `can#2`.
///
/// Case and the punctuation around words do not matter, and that punctuation's tokens do not count.
public struct WordQuery: Sendable, Hashable {
  private enum Meaning: Hashable {
    /// `literal` is the same text without an occurrence in it.
    case words([String], occurrence: Int?, literal: [String])
    case token(Int)
    case nothing
  }

  /// What was typed.
  public let text: String
  private let meaning: Meaning

  /// Reads a query; whether it names something is a prompt's business.
  public init(_ text: String) {
    self.text = text
    if text.unicodeScalars.first == "@", let index = Int(text.dropFirst()), index >= 0 {
      meaning = .token(index)
      return
    }
    var phrase = text[...]
    var occurrence: Int?
    if let mark = text.lastIndex(of: "#"), mark > text.startIndex,
      case let digits = text[text.index(after: mark)...], !digits.isEmpty,
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits)
    {
      (phrase, occurrence) = (text[..<mark], number)
    }
    let (words, literal) = (Self.words(phrase), Self.words(text[...]))
    meaning =
      words.isEmpty ? .nothing : .words(words, occurrence: occurrence, literal: literal)
  }

  private static func words(_ phrase: Substring) -> [String] {
    phrase.blankSeparated.map { Prompt.bareText($0) }
  }

  /// The tokens it names in a prompt, rising; `nil` where it names none.
  public func tokens(in prompt: Prompt) -> [Int]? {
    switch meaning {
    case .nothing: return nil
    case .token(let index): return index < prompt.end ? [index] : nil
    case .words(let words, let occurrence, let literal):
      if let occurrence {
        let hits = Self.hits(words, in: prompt)
        if hits.indices.contains(occurrence - 1) { return hits[occurrence - 1] }
      }
      let hits = Self.hits(literal, in: prompt)
      return hits.isEmpty ? nil : Set(hits.joined()).sorted()
    }
  }

  /// The tokens of each place where words stand in a prompt.
  private static func hits(_ words: [String], in prompt: Prompt) -> [[Int]] {
    prompt.words.indices.compactMap { start in
      guard start + words.count <= prompt.words.count else { return nil }
      let candidates = prompt.words[start..<start + words.count]
      guard candidates.elementsEqual(words, by: { $0.bare == $1 }) else { return nil }
      return candidates.flatMap { Array($0.bareTokens) }
    }
  }
}

extension Prompt {
  /// The tokens that a query names.
  ///
  /// - Parameter name: what messages call the prompt, e.g. `edit prompt`.
  /// - Throws: `word-not-found` with the words that resolve and the nearest of them.
  public func tokens(of query: String, name: String = "prompt") throws(EditError) -> [Int] {
    if let tokens = WordQuery(query).tokens(in: self) { return tokens }
    if query.hasPrefix("@"), let index = Int(query.dropFirst()) {
      throw EditError(
        "token-not-found", .data, "the \(name) has no token \(index)",
        details: ["@0 is the start, @1 … @\(end - 1) are its words' tokens"])
    }
    let names = resolvableNames
    throw EditError(
      "word-not-found", .data, "\"\(query)\" is not in the \(name) \"\(text)\"",
      details: names.isEmpty
        ? ["it has no words"] : ["its words: \(names.joined(separator: ", "))"],
      hint: NearestName.of(query, among: names))
  }

  /// The names that resolve to single words, `a#2` for the second `a`; where that names another word,
  /// the token.
  public var resolvableNames: [String] {
    var seen: [String: Int] = [:]
    return words.map { word in
      seen[word.bare, default: 0] += 1
      let count = seen[word.bare] ?? 1
      let names = (count == 1 ? [word.bare] : []) + ["\(word.bare)#\(count)"]
      let fitting = names.first { name in
        let tokens = WordQuery(name).tokens(in: self) ?? []
        return tokens.first == word.bareTokens.first
      }
      return fitting ?? "@\(word.bareTokens.lowerBound)"
    }
  }
}
