import EditJobs
import Files
import JobStore
import Logging
import Synchronization

/// What reaches the daemon's loop.
enum Message: Sendable {
  /// Time for a turn: the job table has changed, or some time has passed.
  case tick
  /// A worker said something or ended.
  case worker(Int, WorkerReport)
  /// What the worker's program said of itself and the machine.
  case inspected(WorkerAnswer)
  /// A sweep's folder was written, or could not be.
  case presented(Int64, PageOutcome)
  /// Leave at the next step edge.
  case stop
}

/// Claims work, hands it to workers, writes down what they say, and publishes what is finished.
///
/// One loop over one inbox; every statement of the job table runs on this actor's own queue.
/// Supervision of the workers and the watchdog do not: they go on while the table is busy.
actor Daemon {
  let settings: Settings
  let store: JobStore
  let logger: Logger
  let notify: SystemdNotify?
  let watchdog: Watchdog
  let stop: StopSwitch
  let presenter: Presenter

  nonisolated let inbox: AsyncStream<Message>.Continuation
  private let messages: AsyncStream<Message>
  private let executor = QueueExecutor(label: "p2pd.loop")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  var slots: [Int: WorkerSlot] = [:]
  /// Claimed orders whose worker has not started: another process must end first.
  var waiting: [ClaimedOrder] = []
  var nextWorker = 0
  var isStopping = false
  var verdicts = Verdicts()
  var space: SpaceGuard
  /// What keeps the queue from going on, with the reasons that its pause may have.
  var hindrances: [Hindrance: String] = [:]
  /// A write was refused: the folders are looked at in the next turn.
  var mustLookAtRoots = false
  /// Models whose workers died at the start, until the program has shown that it can be run; with what
  /// is said where that was once too often.
  var doubts: [LoadedModel: String?] = [:]
  /// Units that a worker called done and left without a picture.
  var hollow: Set<Key> = []
  /// How often a broken worker was looked at since one was ready.
  var installationTries = 0
  var repetitions = Repetitions()
  var clock = LoopClock()
  /// What the state folder was when it was opened.
  var identity: FolderIdentity?
  let ticker: Ticker
  /// What the job table said at the last look.
  var pulse: QueuePulse?
  var targets: [Target] = []
  /// Sweeps whose folder is behind.
  var stale: Set<Int64> = []
  /// Sweeps being written.
  var presenting: Set<Int64> = []
  /// Sweeps known to be presented to the end, with their cells: a sweep may grow.
  var presented: [Int64: Int] = [:]
  /// Settled sweeps whose folder has not been looked at.
  var unchecked: [Int64] = []
  /// When folders are written again.
  var pages = PageTimes()
  var lastStatus = ""
  /// What this machine has for native numerics, as last found; `nil` is not known.
  var native: NativeSupport?
  /// Whether something waits for it, or did a while ago.
  var waitsForNative = false
  /// Who is finding it out.
  var asking: Task<Void, Never>?
  /// Events that the last pruning forgot: where there were some, there may be more.
  var pruned = 0
  /// What was last written down of the workers.
  var told: DaemonNote?
  /// The pause that was last warned of.
  var pauseSaid: String?
  /// What verbs wait for, where that decides when we end.
  var demand = Demand()
  let startedMs = WallClock.now

  init(
    settings: Settings, store: JobStore, logger: Logger, notify: SystemdNotify?, stop: StopSwitch,
    watchdog: Watchdog
  ) {
    (self.settings, self.store, self.logger, self.notify) = (settings, store, logger, notify)
    (self.stop, self.watchdog) = (stop, watchdog)
    let (messages, inbox) = AsyncStream<Message>.makeStream()
    (self.messages, self.inbox) = (messages, inbox)
    ticker = Ticker(settings.folder) { inbox.yield(.tick) }
    presenter = Presenter(folder: settings.folder, inbox: inbox)
    space = SpaceGuard(folder: settings.folder)
  }

  /// Runs until it is told to stop or its goal is reached; says how the program ends.
  func run() async throws -> ExitStatus {
    guard try startInAnyWeather() else { return .ok }
    watchdog.beat()
    if let notify {
      watchdog.start(notify)
      notify.send("READY=1", "STATUS=idle")
    }
    ticker.start()
    inbox.yield(.tick)
    defer {
      ticker.end()
      watchdog.end()
    }
    for await message in messages {
      watchdog.beat()
      do { try handle(message) } catch { meet(error) }
      ticker.pace(isIdle ? Ticker.idle : Ticker.busy)
      if isStopping, slots.isEmpty, mayLeavePages { break }
    }
    asking?.cancel()
    await asking?.value
    return try finish()
  }

  /// Starts when the job table can be read and written; `false` where the end was asked for before.
  private func startInAnyWeather() throws(EditError) -> Bool {
    while true {
      do {
        try start()
        return true
      } catch {
        guard isWeather(error) else { throw error }
        if stop.isPressed { return false }
        // We live, and a restart would change nothing.
        notify?.send("READY=1")
        noteWeather(error)
        try checkFolder()
        stop.pause(2)
      }
    }
  }

  /// What ended the loop before its time.
  var failure: EditError?

  /// A message could not be dealt with.
  private func meet(_ found: EditError) {
    var error = found
    // Whatever SQLite makes of files that are gone, that is why.
    do { try checkFolder() } catch let gone { error = gone }
    // Only a turn of the loop can be given up so, and the next one makes up for it; or we end.
    if isWeather(error) { return noteWeather(error) }
    guard !isStopping else { return }
    logger.critical("\(error)")
    failure = error
    beginStop()
  }

  /// Pages can be drawn again: a stop waits for them a moment only.
  private var mayLeavePages: Bool { presenting.isEmpty || stop.isPressed(for: .seconds(1)) }

  private func handle(_ message: Message) throws(EditError) {
    switch message {
    case .tick:
      ticker.turned()
      try tick()
    case .worker(let id, .event(let event)): try note(event, from: id)
    case .worker(let id, .ended(let end)): try settle(end, of: id)
    case .inspected(let answer):
      asking = nil
      try noteAnswer(answer)
    case .presented(let sweep, let outcome): try notePresented(sweep, outcome)
    case .stop:
      endDemand()
      beginStop()
    }
  }

  /// No more claims; every worker leaves at its next step edge.
  func beginStop() {
    guard !isStopping else { return }
    isStopping = true
    notify?.send("STOPPING=1", "STATUS=stopping at the next step edge")
    logger.notice("stopping at the next step edge")
    for slot in slots.values { slot.process.stop() }
    for order in waiting { giveBack(RunningOrder(order)) }
    waiting = []
  }

  /// Gives an order's units back to the line; nothing counts.
  func giveBack(_ order: RunningOrder) {
    do {
      try persist { () throws(EditError) in
        try store.giveBack(Array(order.open.keys), token: order.token, now: WallClock.now)
      }
    } catch { logger.error("giving order \(order.token) back: \(error)") }
    noteChange()
  }

  private func finish() throws -> ExitStatus {
    let status = failure == nil ? try goalStatus() : .failed
    try? store.setDaemon(nil)
    try? store.close()
    if let failure { throw failure }
    return status
  }

  /// Whether what was waited for failed.
  private func goalStatus() throws(EditError) -> ExitStatus {
    switch settings.goal {
    case .serve, .demand: return .ok
    case .drain: return verdicts.failedUnits > 0 ? .failed : .ok
    case .until:
      for target in targets {
        let standing: Standing
        do { standing = try store.standing(target) } catch {
          guard isWeather(error) else { throw error }
          return .failed
        }
        if standing.count(.failed) > 0 || !standing.isSettled { return .failed }
      }
      return .ok
    }
  }
}
