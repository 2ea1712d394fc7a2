/// Names of settings as people write them.
enum SettingName {
  /// The name in lower case, with `_` for `-` and blanks.
  static func plain(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.lowercased().unicodeScalars.map { $0 == "-" || $0 == " " ? "_" : $0 }))
  }

  /// The name that a setting has now: `_` for `-`, and the right spelling of what was misspelt.
  static func current(_ name: String) -> String {
    let plain = String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "-" ? "_" : $0 }))
    return plain.hasPrefix("blend_substract")
      ? plain.replacing("substract", with: "subtract") : plain
  }
}
