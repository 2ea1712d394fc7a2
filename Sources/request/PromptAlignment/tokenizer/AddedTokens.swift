/// A token beside the byte pairs: its text is cut out of a prompt before they are made, as the names of
/// textual inversions are.
struct AddedToken: Sendable, Hashable {
  /// Its text as the file has it.
  var content: String
  /// Its id.
  var id: Int
  /// Whether it counts only where no letter, number or mark of a word stands beside it.
  var isSingleWord = false
  /// Whether it is looked for in the composed and lower-cased text, in whatever case it is written.
  var isNormalized = true
  /// The file that gives it its id; empty where none does.
  var file = ""
}

/// Cuts added tokens out of texts, the longest one that begins first, as the tokenizers library does:
/// those that are not normalised out of the text as it is, then the others out of what is left.
struct AddedTokens: Sendable {
  /// What is looked for, by its first scalar, the longest first.
  private struct Pattern: Sendable {
    var scalars: [UnicodeScalar]
    var token: AddedToken
  }

  /// A part of a text.
  enum Part {
    /// Scalars that no token stands in.
    case plain(ArraySlice<UnicodeScalar>)
    /// A token, and the scalars that it stands for.
    case token(AddedToken, ArraySlice<UnicodeScalar>)
  }

  private let exact: [UnicodeScalar: [Pattern]]
  private let normalized: [UnicodeScalar: [Pattern]]
  private let texts: [Int: String]
  /// Those with white space inside, which no word of a prompt is.
  private let spaced: [AddedToken]
  /// All of them.
  let all: [AddedToken]

  init(_ tokens: [AddedToken]) {
    all = tokens.filter { !$0.content.isEmpty }
    exact = Self.patterns(all.filter { !$0.isNormalized }) { Array($0.unicodeScalars) }
    normalized = Self.patterns(all.filter(\.isNormalized)) { TextPieces.normalized($0) }
    texts = Dictionary(all.map { ($0.id, $0.content) }) { first, _ in first }
    spaced = all.filter { $0.content.unicodeScalars.contains { $0.properties.isWhitespace } }
  }

  private static func patterns(
    _ tokens: [AddedToken], _ scalars: (String) -> [UnicodeScalar]
  ) -> [UnicodeScalar: [Pattern]] {
    let patterns = tokens.map { Pattern(scalars: scalars($0.content), token: $0) }
    return Dictionary(grouping: patterns) { $0.scalars[0] }.mapValues { found in
      found.sorted { ($1.scalars.count, $0.token.id) < ($0.scalars.count, $1.token.id) }
    }
  }

  /// The text of a token that is one of them.
  func text(of id: Int) -> String? { texts[id] }

  /// One that stands in a text and has white space inside; `nil` where none does.
  func spacedToken(in text: String) -> AddedToken? {
    spaced.first { token in
      func scalars(_ text: String) -> [UnicodeScalar] {
        token.isNormalized ? TextPieces.normalized(text) : Array(text.unicodeScalars)
      }
      let (text, wanted) = (scalars(text), scalars(token.content))
      return text.indices.contains { text[$0...].starts(with: wanted) }
    }
  }

  /// The parts of a text; plain ones are composed and lower-cased.
  func parts(_ text: String) -> [Part] {
    Self.cut(Array(text.unicodeScalars)[...], exact).flatMap { part -> [Part] in
      guard case .plain(let scalars) = part else { return [part] }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return Self.cut(TextPieces.normalized(String(view))[...], normalized)
    }
  }

  private static func cut(
    _ scalars: ArraySlice<UnicodeScalar>, _ patterns: [UnicodeScalar: [Pattern]]
  ) -> [Part] {
    guard !patterns.isEmpty else { return [.plain(scalars)] }
    var (parts, plain, at): ([Part], Int, Int) = ([], scalars.startIndex, scalars.startIndex)
    while at < scalars.endIndex {
      let found = patterns[scalars[at]]?.first { scalars[at...].starts(with: $0.scalars) }
      guard let found else {
        at += 1
        continue
      }
      let end = at + found.scalars.count
      // What is refused here is not looked at for shorter ones.
      if !found.token.isSingleWord || isAlone(at..<end, in: scalars) {
        if plain < at { parts.append(.plain(scalars[plain..<at])) }
        parts.append(.token(found.token, scalars[at..<end]))
        plain = end
      }
      at = end
    }
    if plain < scalars.endIndex { parts.append(.plain(scalars[plain...])) }
    return parts
  }

  private static func isAlone(
    _ range: Range<Int>, in scalars: ArraySlice<UnicodeScalar>
  ) -> Bool {
    (range.lowerBound == scalars.startIndex || !isWord(scalars[range.lowerBound - 1]))
      && (range.upperBound == scalars.endIndex || !isWord(scalars[range.upperBound]))
  }

  /// Whether a scalar is what a regular expression's `\w` takes.
  private static func isWord(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: scalar.properties.isAlphabetic || scalar.properties.isJoinControl
    }
  }
}
