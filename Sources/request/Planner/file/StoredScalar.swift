/// A text, a number or a flag of a stored request.
enum StoredScalar: Hashable, Sendable {
  /// A text.
  case text(String)
  /// A number, by its digits, which no binary fraction stands between.
  case number(String)
  /// Yes or no.
  case flag(Bool)
  /// Nothing said.
  case null
}
