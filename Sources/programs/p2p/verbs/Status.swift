import ArgumentParser
import EditJobs
import Files
import Foundation
import JobStore
import Submissions

/// `p2p status`: the queue, or one sweep as a table of its cells.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows the queue, or one sweep with its cells.")

  @Argument(help: "A sweep, cell or unit: 17, crown, 17:r2c3, v-9c41, @last. All sweeps if absent.")
  var target: String?

  @Flag(help: "Shows failures alone.")
  var failed = false

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    guard let target, target != "all" else {
      return try QueueReport(QueueView(store, folder: options.folder, failed: failed))
        .show(json: options.json)
    }
    switch try store.resolve(target) {
    case .sweep(let id), .cells(let id, _):
      try SweepReport(try store.sweep(id), failed: failed).show(json: options.json)
    case .unit(let key):
      try UnitText(key, store: store).show(json: options.json)
    case .all: break
    }
  }
}

/// One unit and who wants it.
struct UnitText {
  private let unit: UnitRow
  private let cells: [CellRow]

  init(_ key: Key, store: JobStore) throws(EditError) {
    guard let unit = try store.unit(key) else {
      throw EditError("no-such-target", .missing, "no unit \(key) here", hint: "p2p status")
    }
    self.unit = unit
    cells = try store.cells(.unit(key))
  }

  func show(json: Bool) throws {
    if json { return try JSONOutput.print(UnitJSON(unit)) }
    try Output.line(
      "\(unit.name)  \(unit.kind.rawValue)  \(unit.state.rawValue)  step \(unit.step)/\(unit.steps)"
    )
    try Output.line("key  \(unit.key)")
    if let source = unit.source { try Output.line("source  \(source)") }
    if unit.state == .scheduled, let due = unit.dueMs {
      try Output.line("waits  \(Duration.spoken(max(0, Double(due - WallClock.now) / 1000)))")
    }
    if let text = unit.errorText {
      let lines = text.split(separator: "\n").map(String.init)
      try Output.lines(["\(unit.errorCode ?? "error")  \(lines.first ?? "")"] + lines.dropFirst())
    }
    for cell in cells.prefix(20) {
      let values = cell.coordinates.map { "\($0.axis)=\($0.value)" }.joined(separator: " ")
      try Output.line("wanted by  \(cell.sweep):\(cell.place)  \(values)")
    }
    if cells.count > 20 { try Output.line("wanted by  \(cells.count - 20) cells more") }
  }
}
