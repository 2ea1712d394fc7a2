import ArgumentParser
import EditJobs
import Foundation
import JobStore
import ResultFiles
import SweepPages

/// `p2p results`: one row a cell.
struct Results: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a sweep's cells as a table, CSV or JSON.",
    discussion: """
      PSNR and SSIM compare a variant's picture with its source's, OUTSIDE is the PSNR outside the \
      blend's mask, or outside the place of the edited words where there is no blend; INSIDE compares \
      with the plain re-prompt instead, inside it. --sort best puts first what is near on both sides: \
      the edit happened, and the rest stayed. CSV and JSON \
      have all columns; empty and null mean that one does not apply.
      """)

  @Argument(help: "A sweep: 17, crown, @last.")
  var target = "@last"

  @Flag(help: "Prints CSV (RFC 4180).")
  var csv = false

  @Option(help: ArgumentHelp("Columns to sort by, - for falling.", valueName: "tau,-psnr"))
  var sort: String?

  @Option(
    help: ArgumentHelp("A condition on a column; several must all hold.", valueName: "tau>=0.5"))
  var `where`: [String] = []

  @OptionGroup var options: StateOptions

  func run() throws {
    guard !(csv && options.json) else {
      throw ValidationError("--csv and --json exclude each other")
    }
    let query = try ResultsQuery(where: `where`, sort: sort)
    let store = try options.open()
    let snapshot = try SweepSnapshot(store, sweep: try store.sweepNumber(target))
    var table = ResultsTable(snapshot, results: ResultFolder(try options.folder.results))
    let sanity = SweepSanity(table.cells, table.measures)
    table.select(try query.rows(of: table))
    if csv { return print(table.csv, terminator: "") }
    if options.json {
      return try JSONOutput.print(
        table.rows.map { row in
          Dictionary(uniqueKeysWithValues: zip(table.columns, row))
            .merging(["schema": "p2p.result/1"]) { own, _ in own }
        })
    }
    show(table, snapshot)
    if let sanity { print(sanity.sentence) }
  }

  /// The columns that differ, for people.
  private func show(_ table: ResultsTable, _ snapshot: SweepSnapshot) {
    let axes = snapshot.detail.axes.flatMap(\.members).map(\.name)
      .filter { $0 != "tau" && $0 != "self_tau" }
    var text = TableText(
      [("CELL", .left)] + axes.map { ($0.uppercased(), .left) } + [
        ("TAU", .left), ("SELF", .left), ("WEIGHTS", .left), ("PSNR", .right), ("SSIM", .right),
        ("INSIDE", .right), ("OUTSIDE", .right), ("STATE", .left), ("FILE", .left),
      ])
    for (index, row) in table.cells.enumerated() {
      let measures = table.measures[index]
      let values = axes.map { axis in
        row.cell.coordinates.first { $0.axis == axis }?.value ?? ""
      }
      text.add(
        [row.cell.place] + values + [
          steps(row.edit.cross, row.edit.steps), steps(row.edit.selfWindow, row.edit.steps),
          row.edit.weights.map { "@\($0.token)=\(short($0.value))" }.joined(separator: " "),
          decibels(measures?.psnr), measures?.ssim.map { String(format: "%.3f", $0) } ?? "",
          decibels(table.nearness[index].map { .init($0.inside) }),
          decibels(measures?.psnrOutside), row.cell.state.rawValue,
          row.cell.state == .done ? snapshot.file(of: row) : "",
        ])
    }
    print(text.lines.joined(separator: "\n"))
  }

  private func decibels(_ ratio: Measures.Decibels?) -> String {
    ratio.map { $0.value.isFinite ? String(format: "%.1f", $0.value) : "∞" } ?? ""
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
