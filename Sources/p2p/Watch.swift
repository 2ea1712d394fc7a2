import ArgumentParser
import EditJobs
import Foundation
import JobStore
import Synchronization

/// `p2p watch`: a line for every change until everything is settled.
struct Watch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints what happens, one line each, until everything named is settled.",
    discussion: """
      A line is: time, sweep, cell, values, event. Where no p2pd runs, it runs one meanwhile. \
      Stopping this does not stop a p2pd that was there before.
      """)

  @Argument(help: "A sweep, cell or unit: 17, crown, 17:r2c3, v-9c41, @last, all.")
  var target = "@last"

  @Option(
    help: "Copies pictures here as they finish; of several sweeps each into a folder of its own.")
  var out: String?

  @OptionGroup var options: StateOptions

  func run() async throws {
    let store = try options.open()
    let waiting = try Waiting([target], store: store, folder: options.folder)
    let targets = waiting.targets.map(\.target)
    let copier = try out.map { path throws(EditError) in
      try PictureCopier(into: path, options, store: store, targets: targets)
    }
    let log = ChangeLog(
      store: store, target: waiting.targets.first?.target ?? .all, json: options.json)
    let standings = try await waiting.run { cells in
      try log.look(cells)
      try copier?.copy(cells)
    }
    try copier?.conclude()
    try waiting.conclude(standings, json: options.json)
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
    var values: [String: String]
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
    let names = Dictionary(
      uniqueKeysWithValues: try store.sweeps().map { ($0.id, $0.name) })
    try seen.withLock { seen in
      for cell in cells {
        let before = seen.states.updateValue(cell.state, forKey: cell.id)
        // The first look shows what is already over, not what waits.
        if before == cell.state || (before == nil && cell.state.isOpen) { continue }
        if [.ready, .blocked].contains(cell.state), before != .running { continue }
        try print(cell, sweep: names[cell.sweep] ?? String(cell.sweep))
      }
      try progress(cells, &seen)
      // A pipe would keep lines back until it is full.
      fflush(nil)
    }
  }

  private func print(_ cell: CellRow, sweep: String) throws {
    let line = Line(
      time: WallClock.time(), sweep: sweep, cell: cell.name,
      values: Dictionary(
        cell.coordinates.map { ($0.axis, $0.value) }, uniquingKeysWith: { first, _ in first }),
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
    let word = colour.map { Terminal.paint(line.event, $0) } ?? line.event
    let values = cell.coordinates.map { "\($0.axis)=\($0.value)" }.joined(separator: " ")
    Swift.print(
      [line.time, sweep, cell.place, values, word, line.error ?? ""].filter { !$0.isEmpty }
        .joined(separator: "  "))
  }

  /// At most every two seconds: how many steps are done.
  private func progress(_ cells: [CellRow], _ seen: inout Seen) throws {
    guard !json, !cells.isEmpty else { return }
    let standing = try store.standing(target)
    let now = ContinuousClock.now
    let due = seen.progressAt.map { now - $0 >= .seconds(2) } ?? true
    guard standing.stepsDone != seen.steps, due || standing.isSettled else { return }
    (seen.steps, seen.progressAt) = (standing.stepsDone, now)
    Swift.print(
      Terminal.paint(
        "\(WallClock.time())  \(standing.stepsDone)/\(standing.stepsTotal) steps, "
          + "\(standing.count(.done))/\(standing.total) cells", .grey))
  }
}
