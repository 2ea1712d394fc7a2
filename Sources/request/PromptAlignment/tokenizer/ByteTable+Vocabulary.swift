extension ByteTable {
  /// Reads the tokens of a byte-level vocabulary with their ids, a flat object as `vocab.json` and
  /// `tokenizer.json` have it.
  ///
  /// A token whose id is no number, as Python writes `NaN`, is none.
  ///
  /// - Parameter bytes: no more than the object's bytes.
  init(vocabulary scanner: inout JSONScanner, bytes: Int) throws(JSONScanner.Fault) {
    // An entry takes at least six bytes of JSON: "a":1,
    var table = ByteTable(capacity: bytes / 6 + 1, bytes: bytes)
    try scanner.object { scanner throws(JSONScanner.Fault) in
      let text = scanner.text
      guard let id = try scanner.integer() else { return }
      guard text.withUnsafeBufferPointer({ table.insert($0, id) }) else {
        throw scanner.fault("a token stands there twice")
      }
    }
    self = table
  }
}
