import ArgumentParser
import EditJobs
import Files
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
    try PauseTargets(targets, options).set(
      paused: true, queue: { try $0.pause(now: WallClock.now) },
      sweep: { store, id in
        let paused = try store.pause(sweep: id, now: WallClock.now)
        return (
          paused.parked + paused.stopping,
          "\(paused.parked.count) units wait, \(paused.stopping.count) stop at their next step"
        )
      })
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
    try PauseTargets(targets, options).set(
      paused: false, queue: { try $0.resume(now: WallClock.now) },
      sweep: { store, id in
        let units = try store.resume(sweep: id, now: WallClock.now)
        return (units, "\(units.count) units are ready again")
      })
  }
}

/// What is paused and resumed, and how that is said.
struct PauseTargets {
  private struct Queue: Encodable {
    var queue = true
    var paused: Bool
  }
  private struct Sweeps: Encodable {
    struct Sweep: Encodable {
      var sweep: Int64
      var units: [String]
    }
    var paused: Bool
    var sweeps: [Sweep]
    /// Those of all sweeps.
    var units: [String]
  }

  private let texts: [String]
  private let options: StateOptions

  init(_ texts: [String], _ options: StateOptions) { (self.texts, self.options) = (texts, options) }

  /// Changes the queue or the sweeps that were named, and says what that led to.
  func set(
    paused: Bool, queue: (JobStore) throws -> Void,
    sweep: (JobStore, Int64) throws -> (units: [Key], text: String)
  ) throws {
    let store = try options.open()
    let verb = paused ? "is paused" : "goes on"
    guard let sweeps = try sweeps(store) else {
      try queue(store)
      return try options.json
        ? JSONOutput.print(Queue(paused: paused)) : try Output.line("the queue \(verb)")
    }
    var answer = Sweeps(paused: paused, sweeps: [], units: [])
    for id in sweeps {
      let (units, text) = try sweep(store, id)
      answer.sweeps.append(.init(sweep: id, units: units.map(\.description)))
      answer.units += units.map(\.description)
      if !options.json { try Output.line("sweep \(id) \(verb): \(text)") }
    }
    if options.json { try JSONOutput.print(answer) }
  }

  /// The sweeps that were named; `nil` for the queue.
  ///
  /// - Throws: `not-a-sweep` (65) for cells and units.
  private func sweeps(_ store: JobStore) throws(EditError) -> [Int64]? {
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
