import ArgumentParser
import EditJobs
import Files
import Foundation
import JobStore
import ResultFiles
import RunMeasures
import Submissions
import SweepPages

/// `p2p results`: one row a cell.
struct Results: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows a sweep's cells as a table, CSV or JSON.",
    discussion: """
      PSNR and SSIM compare a variant's picture with its source's, OUTSIDE is the PSNR outside the \
      blend's mask, or outside the place of the edited words where there is no blend, and the share \
      of the picture that it speaks of; INSIDE compares with the plain re-prompt instead, inside it. \
      --sort best puts first what is near on both sides: the edit happened, and the rest stayed. CSV \
      and JSON have all columns; empty and null mean that one does not apply. In CSV a text that a \
      spreadsheet would take for a formula has an apostrophe before it.
      """)

  @Argument(help: "A sweep: 17, crown, @last.")
  var target = "@last"

  @Flag(help: "Prints CSV (RFC 4180).")
  var csv = false

  @Option(
    help: ArgumentHelp("Columns to sort by, - for falling, as tau,-psnr.", valueName: "columns"))
  var sort: String?

  @Option(
    help: ArgumentHelp(
      "A condition on a column, as 'tau>=0.5'; several must all hold.", valueName: "condition"))
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
    if csv { return try Output.document(table.csv) }
    if options.json {
      return try JSONOutput.print(table.rowsByColumn)
    }
    try show(table, snapshot)
    if let sanity { try Output.line(sanity.sentence) }
  }

  /// The columns that differ, for people.
  private func show(_ table: ResultsTable, _ snapshot: SweepSnapshot) throws {
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
          row.edit.weights.map { weight($0, row.edit.steps) }.joined(separator: " "),
          decibels(measures?.psnr), measures?.ssim.map { String(format: "%.3f", $0) } ?? "",
          decibels(table.nearness[index].map { .init($0.inside) }), outside(measures),
          row.cell.state.rawValue,
          row.cell.state == .done ? snapshot.file(of: row) : "",
        ])
    }
    try Output.lines(text.lines)
  }

  /// `28.1 of 2 %`: a ratio says little without the area that it is of.
  private func outside(_ measures: Measures?) -> String {
    let ratio = decibels(measures?.psnrOutside)
    guard !ratio.isEmpty, let area = measures?.outsideArea else { return ratio }
    return "\(ratio) of \(area)"
  }

  private func decibels(_ ratio: Measures.Decibels?) -> String {
    ratio.map { $0.value.isFinite ? String(format: "%.1f", $0.value) : "∞" } ?? ""
  }

  private func steps(_ window: StepWindow, _ steps: Int) -> String {
    window.isEmpty ? "-" : "\(window.from)-\(window.to) of \(steps)"
  }

  private func weight(_ weight: ResolvedEdit.TokenWeight, _ steps: Int) -> String {
    let text = "@\(weight.token)=\(short(weight.value))"
    let isWhole = weight.window == StepWindow(0, steps)
    return isWhole ? text : "\(text) in \(weight.window.from)-\(weight.window.to)"
  }

  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(value)
  }
}
