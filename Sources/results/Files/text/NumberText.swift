/// Numbers as people read them.
public enum NumberText {
  /// `7.5`, `3` rather than `3.0`.
  public static func of(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }
}
