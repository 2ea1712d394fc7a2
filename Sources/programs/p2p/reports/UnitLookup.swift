import EditJobs
import Files
import JobStore
import ResultFiles

/// The unit that a person named, with its folder.
struct UnitLookup {
  let row: UnitRow
  let folder: UnitFolder

  /// Finds a unit by its name, or through one cell.
  ///
  /// - Throws: `not-one-unit` (65) where the target means several.
  init(_ text: String, store: JobStore, options: StateOptions) throws(EditError) {
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
    let results = ResultFolder(try options.folder.results)
    folder = row.kind == .source ? results.source(key) : results.variant(key)
  }
}
