import EditJobs
import JobStore
import Submissions

/// One sweep: its cells as a table with a mark each, then what failed.
struct SweepReport {
  private let detail: SweepDetail
  private let failed: Bool

  init(_ detail: SweepDetail, failed: Bool) { (self.detail, self.failed) = (detail, failed) }

  func show(json: Bool) throws {
    if json { return try JSONOutput.print(SweepDetailJSON(detail)) }
    let summary = detail.summary
    try Output.line(
      "\(summary.name) (\(summary.id))  \(summary.word)  \(summary.standing.sentence)")
    if !failed {
      let pages = Set(detail.cells.filter { $0.role == .cell }.map(\.page)).sorted()
      for page in pages { try show(page: page) }
      try Output.line(legend)
    }
    try Output.lines(waits)
    for cell in detail.cells where cell.state == .failed {
      let error = cell.variant.errorText ?? "failed"
      try Output.line([
        Painted("✗ \(cell.place)", .red),
        "  \(error.inOneLine)    p2p retry \(summary.id):\(cell.place)",
      ])
    }
  }

  /// What waits for a time, one line a reason.
  private var waits: [String] {
    var units: [String: (count: Int, reason: String)] = [:]
    var seen: Set<Key> = []
    for unit in detail.sources + detail.cells.map(\.variant) where seen.insert(unit.key).inserted {
      guard let code = unit.errorCode, let reason = unit.waits else { continue }
      units[code] = ((units[code]?.count ?? 0) + 1, reason)
    }
    return units.sorted { $0.key < $1.key }.map { _, wait in
      "· \(wait.count) unit\(wait.count == 1 ? " waits" : "s wait")  \(wait.reason)"
    }
  }

  /// Columns are the first axis, rows the second, pages the rest.
  private func show(page: Int) throws {
    let cells = detail.cells.filter { $0.role == .cell && $0.page == page }
    let (x, y) = (detail.axes.first, detail.axes.dropFirst().first)
    let further = detail.axes.dropFirst(2).compactMap { axis in
      cells.first?.coordinates.first { $0.axis == axis.name }.map { "\(axis.name)=\($0.value)" }
    }
    if !further.isEmpty { try Output.line(further.joined(separator: " ")) }
    let corner = [y?.name, x?.name].compactMap { $0 }.joined(separator: " \\ ")
    let columns = (cells.map(\.column).max() ?? 0) + 1
    let rows = (cells.map(\.row).max() ?? 0) + 1
    func name(_ axis: SweepAxis?, _ index: Int) -> String {
      guard let axis, axis.values.indices.contains(index) else { return "" }
      let value = axis.values[index]
      return value.count <= 24 ? value : value.prefix(11) + "…" + value.suffix(12)
    }
    var table = TableText(
      [(corner, .right)] + (0..<columns).map { (name(x, $0), .left) })
    for row in 0..<rows {
      table.add(
        [name(y, row)]
          + (0..<columns).map { column in
            cells.first { $0.row == row && $0.column == column }.map(mark) ?? ""
          })
    }
    try Output.lines(table.lines.map { "   " + $0 })
  }

  private func mark(_ cell: CellRow) -> String {
    switch cell.state {
    case .done: "✓"
    case .running: "▶\(100 * cell.variant.step / max(1, cell.variant.steps))%"
    case .failed: "✗"
    case .cancelled: "–"
    case .ready, .blocked, .scheduled, .parked: "·"
    }
  }

  private var legend: String {
    let sources = detail.sources.filter { $0.state == .done }.count
    let reprompts = detail.cells.filter { $0.role == .reprompt }
    let shown = reprompts.filter { $0.state == .done }.count
    return "✓ done  ▶ running  · waiting  ✗ failed  – cancelled      source "
      + (sources == detail.sources.count ? "✓" : "\(sources)/\(detail.sources.count)")
      + (reprompts.isEmpty ? "" : "   re-prompt " + (shown == reprompts.count ? "✓" : "·"))
  }
}
