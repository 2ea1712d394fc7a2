import EditJobs
import Files
import Foundation
import JobStore
import ResultFiles
import Submissions
import SweepPages

/// Waits until some targets are settled, and hands their cells over as they change.
struct Waiting: Sendable {
  let store: JobStore
  let folder: StateFolder
  /// What people typed, and what it meant when it was first looked at.
  let targets: [(text: String, target: Target)]
  let timeout: Duration?
  /// Whether a daemon that is missing is run as a part of this program.
  private let isForeground: Bool
  private let config: String?

  init(
    _ texts: [String], store: JobStore, _ options: StateOptions, _ waiting: WaitingOptions,
    timeout: Duration? = nil
  ) throws(EditError) {
    (self.store, self.timeout) = (store, timeout)
    folder = try options.folder
    (isForeground, config) = (waiting.foreground, options.config)
    var resolved: [(String, Target)] = []
    for text in texts { resolved.append((text, try store.resolve(text))) }
    targets = resolved
  }

  /// Waits; `look` sees the cells whenever the job table has changed.
  ///
  /// - Throws: `timed-out` (75); what `DemandedDaemon.attend` throws; `Interrupted`, after it was said
  ///   what goes on.
  func run(_ look: @escaping @Sendable ([CellRow]) throws -> Void) async throws -> [Standing] {
    Interruption.listen()
    // What was lost since it was done is noticed before a daemon is asked to wait for nothing.
    let cells = try cells()
    try look(try remakeLost(among: cells) ? self.cells() : cells)
    if isForeground {
      let presence = DaemonPresence(folder)
      return try await DaemonRun.during(try names(), in: folder, config: config) {
        do { return try await settled(look, presence.check) } catch let interrupted as Interrupted {
          Terminal.note("p2p: p2pd stops at its next step; p2p wait goes on from there")
          throw interrupted
        }
      }
    }
    let daemon = DemandedDaemon(try names(), in: folder, config: config)
    do {
      let standings = try await settled(look) { try daemon.attend() }
      var sweeps = try PublishedSweeps(try self.cells(), store: store, folder: folder)
      while !sweeps.areThere() {
        try Interruption.check()
        // Nothing that is waited for is missing: no daemon is no error any more.
        do { try daemon.attend() } catch { break }
        try await Task.sleep(for: .milliseconds(50))
      }
      return standings
    } catch let interrupted as Interrupted {
      Terminal.note(
        daemon.goesOn
          ? "p2p: the work goes on; p2p stop ends it at its next step"
          : "p2p: no p2pd runs on \(folder.path); p2p wait starts one")
      throw interrupted
    }
  }

  /// How many times longer than a look at the cells the rest after it is.
  private static let rest = 20

  /// Waits until everything is settled; `attend` sees to the daemon meanwhile.
  private func settled(
    _ look: ([CellRow]) throws -> Void, _ attend: () throws -> Void
  ) async throws -> [Standing] {
    let start = ContinuousClock.now
    var version: Int? = -1
    var said: String?
    // The more cells there are to look at, the less often that is done.
    var next = start
    while true {
      try Interruption.check()
      let newest = try store.dataVersion()
      if newest == nil || newest != version, next <= ContinuousClock.now {
        let begin = ContinuousClock.now
        defer { next = .now + min(begin.duration(to: .now) * Self.rest, .seconds(2)) }
        version = newest
        // In this order: what is settled now is among the cells that are read after it.
        let standings = try targets.map { try store.standing($0.target) }
        let cells = try cells()
        try look(cells)
        if standings.allSatisfy(\.isSettled), try !remakeLost(among: cells) { return standings }
        let pause = try pause() ?? lack()
        if let pause, pause != said { Terminal.note(pause) }
        said = pause
      }
      if let timeout, ContinuousClock.now - start > timeout { throw try timedOut() }
      try attend()
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private func timedOut() throws(EditError) -> EditError {
    var open = 0
    for (_, target) in targets { open += try store.standing(target).open }
    return EditError(
      "timed-out", .temporary,
      "\(targets.map(\.text).joined(separator: ", ")) is not finished: \(open) cells are open",
      hint: "p2p status")
  }

  private func cells() throws(EditError) -> [CellRow] {
    var cells: [CellRow] = []
    for (_, target) in targets { cells += try store.cells(target) }
    return cells
  }

  /// Has done results of cells made again that are not there; `false` where there are none.
  private func remakeLost(among cells: [CellRow]) throws(EditError) -> Bool {
    try !LostResults(ResultFolder(folder.results)).remake(cells, in: store).isEmpty
  }

  /// Why nothing goes on, and what lets it; `nil` where nothing is paused that is waited for.
  private func pause() throws(EditError) -> String? {
    let control = try store.pauseState()
    if let reason = control.reason { return "waiting: the queue is paused: \(reason)" }
    if control.isPaused { return "waiting: the queue is paused; p2p resume lets it go on" }
    let paused = try store.pausedSweeps().filter { sweep in
      targets.contains { _, target in
        switch target {
        case .all: true
        case .sweep(let id), .cells(let id, _): id == sweep.id
        case .unit: false
        }
      }
    }
    return paused.isEmpty ? nil : "waiting: \(paused.sentence)"
  }

  /// What somebody has to put right before units go on that wait for it.
  private static let lacks: Set<FailureMeaning> = [.nativeUnavailable, .notAllowed]

  /// What no worker here has or may; `nil` where nothing waits for it that is waited for.
  private func lack() throws(EditError) -> String? {
    for (_, target) in targets {
      let waits = try store.postponements(target).first {
        FailureMeaning(rawValue: $0.code).map(Self.lacks.contains) == true
      }
      if let line = waits?.text.split(separator: "\n").first { return "waiting: \(line)" }
    }
    return nil
  }

  /// Names that mean the same whatever is enqueued meanwhile, also to a daemon that starts later.
  private func names() throws(EditError) -> [String] {
    targets.map { text, target in
      switch target {
      case .all: "all"
      case .sweep(let id): String(id)
      // A name means its newest sweep, and few digits the one unit that has them now.
      case .cells(let id, _): "\(id)\(text.drop { $0 != ":" })"
      case .unit(let key): "\(text.prefix(2))\(key)"
      }
    }
  }

  /// Prints how targets stand, a line each on standard error or one document, and ends with status 1
  /// where something failed.
  ///
  /// - Parameter json: whether a document is printed; `nil` where it was printed before.
  func conclude(_ standings: [Standing], json: Bool?) throws {
    if json == true {
      try JSONOutput.print(
        zip(targets, standings).map { StandingJSON(target: $0.text, standing: $1) })
    } else if json == false {
      for (target, standing) in zip(targets, standings) {
        Terminal.note("\(target.text): \(standing.sentence)")
      }
    }
    if standings.contains(where: { $0.count(.failed) + $0.count(.cancelled) > 0 }) {
      throw Stop(status: .failed)
    }
  }
}
