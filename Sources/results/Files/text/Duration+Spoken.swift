extension Duration {
  /// A number of seconds for people: `45 s`, `7 min`, `2 h 5 min`, `3 d`.
  public static func spoken(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    switch whole {
    case ..<60: return "\(max(0, whole)) s"
    case ..<3_600: return "\((whole + 30) / 60) min"
    case ..<86_400:
      let minutes = whole % 3_600 / 60
      return "\(whole / 3_600) h" + (minutes > 0 ? " \(minutes) min" : "")
    default: return "\(whole / 86_400) d"
    }
  }
}
