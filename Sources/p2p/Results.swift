import ArgumentParser
import EditJobs
import JobStore
import SweepPages

/// `p2p results`: one row a cell.
struct Results: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a sweep's cells as a table, CSV or JSON.",
    discussion: "CSV and JSON have all columns; empty and null mean that one does not apply.")

  @Argument(help: "A sweep: 17, crown, @last.")
  var target = "@last"

  @Flag(help: "Prints CSV (RFC 4180).")
  var csv = false

  @OptionGroup var options: StateOptions

  func run() throws {
    guard !(csv && options.json) else {
      throw ValidationError("--csv and --json exclude each other")
    }
    let store = try options.open()
    let snapshot = try SweepSnapshot(store, sweep: try store.sweepNumber(target))
    let table = ResultsTable(snapshot)
    if csv { return print(table.csv, terminator: "") }
    if options.json {
      return try JSONOutput.print(
        table.rows.map { row in
          Dictionary(uniqueKeysWithValues: zip(table.columns, row))
            .merging(["schema": "p2p.result/1"]) { own, _ in own }
        })
    }
    show(snapshot)
  }

  /// The columns that differ, for people.
  private func show(_ snapshot: SweepSnapshot) {
    let axes = snapshot.detail.axes.map(\.name).filter { $0 != "tau" && $0 != "self_tau" }
    var table = TableText(
      [("CELL", .left)] + axes.map { ($0.uppercased(), .left) } + [
        ("TAU", .left), ("SELF", .left), ("WEIGHTS", .left), ("STATE", .left), ("FILE", .left),
      ])
    for row in snapshot.rows {
      let values = axes.map { axis in
        row.cell.coordinates.first { $0.axis == axis }?.value ?? ""
      }
      table.add(
        [row.cell.place] + values + [
          steps(row.edit.cross, row.edit.steps), steps(row.edit.selfWindow, row.edit.steps),
          row.edit.weights.map { "@\($0.token)=\(short($0.value))" }.joined(separator: " "),
          row.cell.state.rawValue, row.cell.state == .done ? snapshot.file(of: row) : "",
        ])
    }
    print(table.lines.joined(separator: "\n"))
  }

  private func steps(_ window: StepWindow, _ steps: Int) -> String {
    window.isEmpty ? "-" : "\(window.from)-\(window.to) of \(steps)"
  }

  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
  }
}

extension JobStore {
  /// The number of the sweep that a person named.
  ///
  /// - Throws: `not-a-sweep` (65).
  func sweepNumber(_ text: String) throws(EditError) -> Int64 {
    switch try resolve(text) {
    case .sweep(let id), .cells(let id, _): return id
    case .unit, .all:
      throw EditError(
        "not-a-sweep", .data, "\(text) is not one sweep", hint: "p2p status lists them")
    }
  }
}
