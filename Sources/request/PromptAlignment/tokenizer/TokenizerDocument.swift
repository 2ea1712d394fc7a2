/// `tokenizer.json`: a whole tokenizer in one file, as the tokenizers library writes it.
struct TokenizerDocument {
  private(set) var added: [AddedToken] = []
  private(set) var vocabulary: ByteTable?
  private(set) var merges: BytePairMerges?
  /// The kinds of its parts, by part and outermost first.
  private var kinds: [String: [String]] = [:]
  private var suffix: String?

  /// Reads added tokens, and with `wantsModel` also vocabulary and merges.
  init(_ bytes: [UInt8], wantsModel: Bool) throws(JSONScanner.Fault) {
    var document = TokenizerDocument()
    try JSONScanner.read(bytes) { scanner throws(JSONScanner.Fault) in
      try scanner.object { scanner throws(JSONScanner.Fault) in
        switch scanner.text {
        case Array("added_tokens".utf8):
          try scanner.array { scanner throws(JSONScanner.Fault) in
            if let token = try AddedToken(&scanner) { document.added.append(token) }
          }
        case Array("model".utf8) where wantsModel:
          try document.readModel(&scanner, bytes: bytes.count)
        case Array("normalizer".utf8), Array("pre_tokenizer".utf8):
          let part = String(decoding: scanner.text, as: UTF8.self)
          document.kinds[part] = try Self.kinds(&scanner)
        default: try scanner.skip()
        }
      }
    }
    self = document
  }

  private init() {}

  /// What is not CLIP's tokenizer about it: a part, and what it is; `nil` where it is CLIP's.
  var foreignPart: (name: String, is: String)? {
    let expected = [
      "model": ["BPE"], "normalizer": ["Sequence", "NFC", "Replace", "Lowercase"],
      "pre_tokenizer": ["Sequence", "Split", "ByteLevel"],
    ]
    for (part, kinds) in expected.sorted(by: { $0.key < $1.key }) {
      let found = self.kinds[part] ?? []
      guard found != kinds else { continue }
      return (part, found.isEmpty ? "missing" : found.joined(separator: ", "))
    }
    guard suffix == "</w>" else { return ("model.end_of_word_suffix", suffix ?? "missing") }
    return nil
  }

  private mutating func readModel(
    _ scanner: inout JSONScanner, bytes: Int
  ) throws(JSONScanner.Fault) {
    var pairs = BytePairMerges(bytes: bytes)
    var (table, kind, suffix): (ByteTable?, String?, String?)
    try scanner.object { scanner throws(JSONScanner.Fault) in
      switch scanner.text {
      case Array("vocab".utf8) where scanner.next() == UInt8(ascii: "{"):
        table = try ByteTable(vocabulary: &scanner, bytes: bytes)
      case Array("merges".utf8):
        try scanner.array { scanner throws(JSONScanner.Fault) in
          guard pairs.add(try Self.pair(&scanner)) else {
            throw scanner.fault("a merge is not two symbols")
          }
        }
      case Array("type".utf8): kind = try scanner.words()
      case Array("end_of_word_suffix".utf8):
        suffix = scanner.null() ? nil : try scanner.words()
      default: try scanner.skip()
      }
    }
    (vocabulary, merges, self.suffix) = (table, pairs, suffix)
    kinds["model"] = [kind].compactMap(\.self)
  }

  /// A merge, `"a b"` or `["a", "b"]`, as one line of `merges.txt`.
  private static func pair(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) -> [UInt8] {
    guard scanner.next() == UInt8(ascii: "[") else {
      try scanner.string()
      return scanner.text
    }
    var symbols: [[UInt8]] = []
    try scanner.array { scanner throws(JSONScanner.Fault) in
      try scanner.string()
      symbols.append(scanner.text)
    }
    return Array(symbols.joined(separator: [0x20]))
  }

  /// Every `type` inside a value.
  private static func kinds(
    _ scanner: inout JSONScanner, _ depth: Int = 0
  ) throws(JSONScanner.Fault) -> [String] {
    var found: [String] = []
    switch scanner.next() {
    case UInt8(ascii: "{") where depth < 8:
      try scanner.object { scanner throws(JSONScanner.Fault) in
        if scanner.text == Array("type".utf8), scanner.next() == UInt8(ascii: "\"") {
          // The outer one stands before the inner ones, wherever it is written.
          found.insert(try scanner.words(), at: 0)
        } else {
          found += try kinds(&scanner, depth + 1)
        }
      }
    case UInt8(ascii: "[") where depth < 8:
      try scanner.array { scanner throws(JSONScanner.Fault) in
        found += try kinds(&scanner, depth + 1)
      }
    default: try scanner.skip()
    }
    return found
  }
}

extension AddedToken {
  /// Reads `{"id": 606, "content": "<cat-toy>", …}`; `nil` where id or content is missing.
  init?(_ scanner: inout JSONScanner) throws(JSONScanner.Fault) {
    var token = AddedToken(content: "", id: -1)
    var (normalized, isSpecial): (Bool?, Bool) = (nil, false)
    try scanner.object { scanner throws(JSONScanner.Fault) in
      switch scanner.text {
      case Array("content".utf8): token.content = try scanner.words()
      case Array("id".utf8): token.id = try scanner.integer().map { Int($0) } ?? -1
      case Array("single_word".utf8): token.isSingleWord = try scanner.bool()
      case Array("normalized".utf8): normalized = try scanner.bool()
      case Array("special".utf8): isSpecial = try scanner.bool()
      default: try scanner.skip()
      }
    }
    guard token.id >= 0, !token.content.isEmpty else { return nil }
    token.isNormalized = normalized ?? !isSpecial
    self = token
  }
}
