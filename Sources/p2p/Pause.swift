import ArgumentParser
import EditJobs
import JobStore

/// `p2p pause`: the queue, or some sweeps, wait from their next step.
struct Pause: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pauses the queue, or some sweeps.",
    discussion: """
      What runs stops at its next step; `p2p resume` goes on from there. Of a paused sweep, pictures \
      that another sweep also wants are still made.
      """)

  @Argument(help: "Sweeps: 17, crown, @last. The whole queue if absent, or with all.")
  var targets: [String] = []

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    guard let sweeps = try PauseTargets.sweeps(targets, store) else {
      try store.pause(now: WallClock.now)
      return try options.json
        ? JSONOutput.print(PauseTargets.Queue(paused: true)) : print("the queue is paused")
    }
    for id in sweeps {
      let paused = try store.pause(sweep: id, now: WallClock.now)
      if options.json {
        try JSONOutput.print(
          PauseTargets.Sweep(
            sweep: id, paused: true, units: (paused.parked + paused.stopping).map(\.description)))
      } else {
        print(
          "sweep \(id) is paused: \(paused.parked.count) units wait, "
            + "\(paused.stopping.count) stop at their next step")
      }
    }
  }
}

/// `p2p resume`: what was paused goes on.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Resumes the queue, or some sweeps, from where they stopped.")

  @Argument(help: "Sweeps: 17, crown, @last. The whole queue if absent, or with all.")
  var targets: [String] = []

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.open()
    guard let sweeps = try PauseTargets.sweeps(targets, store) else {
      try store.resume(now: WallClock.now)
      return try options.json
        ? JSONOutput.print(PauseTargets.Queue(paused: false)) : print("the queue goes on")
    }
    for id in sweeps {
      let units = try store.resume(sweep: id, now: WallClock.now)
      if options.json {
        try JSONOutput.print(
          PauseTargets.Sweep(sweep: id, paused: false, units: units.map(\.description)))
      } else {
        print("sweep \(id) goes on: \(units.count) units are ready again")
      }
    }
  }
}

/// What may be paused and resumed, and how that is said as JSON.
enum PauseTargets {
  struct Queue: Encodable {
    var queue = true
    var paused: Bool
  }
  struct Sweep: Encodable {
    var sweep: Int64
    var paused: Bool
    var units: [String]
  }

  /// The sweeps that were named; `nil` for the queue.
  ///
  /// - Throws: `not-a-sweep` (65) for cells and units.
  static func sweeps(_ texts: [String], _ store: JobStore) throws(EditError) -> [Int64]? {
    var sweeps: [Int64] = []
    for text in texts {
      switch try store.resolve(text) {
      case .all: return nil
      case .sweep(let id): sweeps.append(id)
      case .cells, .unit:
        throw EditError(
          "not-a-sweep", .data, "\(text) is not a sweep: the queue and sweeps are paused",
          hint: "p2p cancel \(text) stops it, p2p retry \(text) goes on from there")
      }
    }
    return sweeps.isEmpty ? nil : sweeps
  }
}
