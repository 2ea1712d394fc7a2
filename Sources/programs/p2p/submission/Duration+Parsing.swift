import Files

extension Duration {
  /// Reads `90s`, `15m`, `2h30m` or `7d`.
  ///
  /// - Throws: `bad-duration`.
  static func parsed(_ text: String) throws(EditError) -> Duration {
    let units: [Character: Int] = ["d": 86_400, "h": 3_600, "m": 60, "s": 1]
    var seconds = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber, digits.count < 9 {
        digits.append(character)
      } else if let unit = units[character], let count = Int(digits) {
        seconds += count * unit
        digits = ""
      } else {
        digits = "x"
        break
      }
    }
    guard digits.isEmpty, !text.isEmpty else {
      throw EditError("bad-duration", .usage, "not a duration: \(text)", hint: "90s, 15m, 2h30m")
    }
    return .seconds(seconds)
  }
}
