import EditJobs
public import Files
public import JobStore
public import ResultFiles

/// The unit that a person named, with its folder.
public struct UnitLookup: Sendable {
  /// What the job table knows of it.
  public let row: UnitRow
  /// Where its files are.
  public let folder: UnitFolder

  /// Finds a unit by its name, or through one cell.
  ///
  /// - Throws: `not-one-unit` (65) where the target means several; `no-such-target` (66).
  public init(_ text: String, store: JobStore, results: ResultFolder) throws(EditError) {
    let key: Key
    switch try store.resolve(text) {
    case .unit(let named): key = named
    case let target:
      let keys = Set(try store.cells(target).map(\.variant.key))
      guard let only = keys.first, keys.count == 1 else {
        throw EditError(
          "not-one-unit", .data, "\(text) means \(keys.count) units",
          hint: "one cell, as in 17:r2c3, or a unit, as in v-9c41 or s-1f3a")
      }
      key = only
    }
    guard let row = try store.unit(key) else {
      throw EditError("no-such-target", .missing, "no unit \(text) here", hint: "p2p status")
    }
    self.row = row
    folder = row.kind == .source ? results.source(key) : results.variant(key)
  }
}
