import Files

/// Names of sweeps: `[a-z0-9._-]`, at most 64 characters, and nothing that also means something
/// else where a sweep is named.
enum SweepName {
  /// Checks a name.
  ///
  /// - Throws: `bad-name` with a legal one.
  static func checked(_ name: String) throws(EditError) -> String {
    let legal = slug(name)
    guard legal == name else {
      throw EditError(
        "bad-name", .data, "\"\(name)\" cannot be a sweep's name",
        details: ["lower-case letters, digits, dot, underscore and minus, at most 64"],
        hint: legal)
    }
    return name
  }

  /// A name made of a text.
  static func slug(_ text: String) -> String {
    var name = ""
    for character in text.lowercased() {
      if character.isASCII, character.isLetter || character.isNumber || "._".contains(character) {
        name.append(character)
      } else if !name.isEmpty, name.last != "-" {
        name.append("-")
      }
    }
    name = String(name.prefix(64))
    while let last = name.last, "-.".contains(last) { name.removeLast() }
    while let first = name.first, "-._".contains(first) { name.removeFirst() }
    let isTaken = name.isEmpty || name == "all" || name.allSatisfy(\.isDigit) || isUnit(name)
    return isTaken ? "sweep" + (name.isEmpty ? "" : "-\(name.prefix(58))") : name
  }

  /// Whether it reads like a unit, `v-9c41`.
  private static func isUnit(_ name: String) -> Bool {
    (name.hasPrefix("v-") || name.hasPrefix("s-")) && name.dropFirst(2).allSatisfy(\.isHexDigit)
  }
}
