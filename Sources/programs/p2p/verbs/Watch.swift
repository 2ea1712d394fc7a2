import ArgumentParser
import EditJobs
import Files
import Foundation
import JobStore
import Submissions
import Synchronization

/// `p2p watch`: a line for every change until everything is settled.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints what happens, one line each, until everything named is settled.",
    discussion: """
      A line is: time, sweep, cell, values, event; with --json a document a line. Where no p2pd runs, \
      one is started that goes on until this is settled, also when the watching is ended by Ctrl-C \
      or with its terminal; p2p stop ends it.
      """)

  @Argument(help: "A sweep, cell or unit: 17, crown, 17:r2c3, v-9c41, @last, all.")
  var target = "@last"

  @Option(
    help: "Copies pictures here as they finish; of several sweeps each into a folder of its own.")
  var out: String?

  @OptionGroup var waiting: WaitingOptions
  @OptionGroup var options: StateOptions

  func run() async throws {
    let store = try options.open()
    let wait = try Waiting([target], store: store, options, waiting)
    let targets = wait.targets.map(\.target)
    let copier = try out.map { path throws(EditError) in
      try PictureCopier(into: path, options, store: store, targets: targets)
    }
    let log = ChangeLog(
      store: store, target: wait.targets.first?.target ?? .all, json: options.json)
    let standings = try await wait.run { cells in
      try log.look(cells)
      try copier?.copy(cells)
    }
    try copier?.conclude()
    // A document a line, as those before it.
    if options.json {
      for (target, standing) in zip(wait.targets, standings) {
        try JSONOutput.print(Settled(StandingJSON(target: target.text, standing: standing)))
      }
    }
    try wait.conclude(standings, json: options.json ? nil : false)
  }

  private struct Settled: Encodable {
    var time = WallClock.stamp()
    var event = "settled"
    var standing: StandingJSON

    init(_ standing: StandingJSON) { self.standing = standing }

    private enum CodingKeys: String, CodingKey { case time, event }

    func encode(to encoder: any Encoder) throws {
      try standing.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(time, forKey: .time)
      try container.encode(event, forKey: .event)
    }
  }
}

/// Prints the difference between one look at the cells and the next.
final class ChangeLog: Sendable {
  private struct Seen {
    var states: [Int64: UnitState] = [:]
    var steps = -1
    var progressAt: ContinuousClock.Instant?
  }
  private struct Line: Encodable {
    var time: String
    var sweep: String
    var cell: String
    var values: [String: JSONScalar]
    var event: String
    var error: String?
  }

  private let store: JobStore
  /// What is watched.
  private let target: Target
  private let json: Bool
  private let seen = Mutex(Seen())

  init(store: JobStore, target: Target, json: Bool) {
    (self.store, self.target, self.json) = (store, target, json)
  }

  func look(_ cells: [CellRow]) throws {
    let names = try store.sweepNames()
    try seen.withLock { seen in
      for cell in cells {
        let before = seen.states.updateValue(cell.state, forKey: cell.id)
        // The first look shows what is already over, not what waits.
        if before == cell.state || (before == nil && cell.state.isOpen) { continue }
        if [.ready, .blocked].contains(cell.state), before != .running { continue }
        try tell(cell, sweep: names[cell.sweep] ?? String(cell.sweep))
      }
      try progress(cells, &seen)
    }
  }

  private func tell(_ cell: CellRow, sweep: String) throws {
    let line = Line(
      time: json ? WallClock.stamp() : WallClock.time(), sweep: sweep, cell: cell.name,
      values: JSONScalar.values(cell.coordinates),
      event: cell.state.rawValue,
      error: cell.state == .failed ? cell.variant.errorText : nil)
    if json { return try JSONOutput.print(line) }
    let colour: Terminal.Colour? =
      switch cell.state {
      case .done: .green
      case .failed: .red
      case .running: .yellow
      default: nil
      }
    let values = cell.coordinates.map { "\($0.axis)=\($0.value)" }.joined(separator: " ")
    func joined(_ parts: [String]) -> String {
      parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
    try Output.line([
      Painted(joined([line.time, sweep, cell.place, values]) + "  "), Painted(line.event, colour),
      Painted(line.error.map { "  \($0.inOneLine)" } ?? ""),
    ])
  }

  /// At most every two seconds: how many steps are done.
  private func progress(_ cells: [CellRow], _ seen: inout Seen) throws {
    guard !json, !cells.isEmpty else { return }
    let standing = try store.standing(target)
    let now = ContinuousClock.now
    let due = seen.progressAt.map { now - $0 >= .seconds(2) } ?? true
    guard standing.stepsDone != seen.steps, due || standing.isSettled else { return }
    (seen.steps, seen.progressAt) = (standing.stepsDone, now)
    try Output.line([
      Painted(
        "\(WallClock.time())  \(standing.stepsDone)/\(standing.stepsTotal) steps, "
          + "\(standing.count(.done))/\(standing.total) cells", .grey)
    ])
  }
}
