import EditJobs
public import Files
import GRDB

extension JobStore {
  /// What a person named: `17`, a name (its newest sweep), `17:r2c3`, `17:tau=0.5,w:crown=2`,
  /// `17:reprompt`, `v-9c41`, `s-1f3a`, `@last`, `all`.
  ///
  /// Coordinates may leave axes out: then they name every cell that fits.
  /// - Throws: `no-such-sweep`, `no-such-cell` and `no-such-unit` (66); `ambiguous-target` (65),
  ///   which lists what it could be.
  public func resolve(_ text: String) throws(EditError) -> Target {
    if text == "all" { return .all }
    if let unit = try unitTarget(text) { return unit }
    guard let colon = text.firstIndex(of: ":") else { return .sweep(try sweepNumber(text)) }
    let number = try sweepNumber(String(text[..<colon]))
    let detail = try sweep(number)
    let place = String(text[text.index(after: colon)...])
    let cells = try CellQuery(place, axes: detail.axes).cells(of: detail)
    return .cells(sweep: number, cells: cells.map(\.id))
  }

  /// `v-9c41` and `s-1f3a`, at least four digits.
  private func unitTarget(_ text: String) throws(EditError) -> Target? {
    guard let kind = UnitKind.allCases.first(where: { text.hasPrefix("\($0.letter)-") }) else {
      return nil
    }
    let digits = text.dropFirst(2)
    // A sweep may be called v-cat.
    guard (4...64).contains(digits.count), digits.allSatisfy(\.isHexDigit) else { return nil }
    let found = try units(prefix: String(digits), kind: kind)
    guard let first = found.first else {
      if try newest(named: text) != nil { return nil }
      throw noUnit(text)
    }
    guard found.count == 1 else {
      throw EditError(
        "ambiguous-target", .data, "\(text) may be any of \(found.count) units",
        details: found.prefix(10).map {
          "\($0.kind.letter)-\($0.key.description.prefix(12)) \($0.state.rawValue)"
        } + (found.count > 10 ? ["and \(found.count - 10) more"] : []),
        hint: "more digits")
    }
    return .unit(first.key)
  }

  private func sweepNumber(_ text: String) throws(EditError) -> Int64 {
    if text == "@last" {
      let last = try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM sweep") }
      guard let last else { throw noSweep(text) }
      return last
    }
    if let number = Int64(text) {
      let exists = try read {
        try Int64.fetchOne($0, sql: "SELECT id FROM sweep WHERE id = ?", arguments: [number])
      }
      if let exists { return exists }
    }
    guard let newest = try newest(named: text) else { throw noSweep(text) }
    return newest
  }

  private func newest(named name: String) throws(EditError) -> Int64? {
    try read {
      try Int64.fetchOne(
        $0, sql: "SELECT max(id) FROM sweep WHERE name = ?", arguments: [name])
    }
  }
}
