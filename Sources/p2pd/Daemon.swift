import EditJobs
import JobStore
import Logging
import SweepPages
import Synchronization

/// What reaches the daemon's loop.
enum Message: Sendable {
  /// A tenth of a second has passed.
  case tick
  /// A worker said something or ended.
  case worker(Int, WorkerReport)
  /// What this machine has for native numerics; `nil` is not known.
  case inspected(NativeSupport?)
  /// A sweep's folder was written, or could not be.
  case presented(Int64, SweepPage.Findings, failure: String?)
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
  let watchdog = Watchdog()
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
  var clock = LoopClock()
  /// What the job table said at the last look.
  var overview: QueueOverview?
  var targets: [Target] = []
  /// Sweeps whose folder is behind.
  var stale: Set<Int64> = []
  /// Sweeps being written.
  var presenting: Set<Int64> = []
  /// Sweeps known to be presented to the end, with their cells: a sweep may grow.
  var presented: [Int64: Int] = [:]
  var lastStatus = ""
  /// What this machine has for native numerics, as last found; `nil` is not known.
  var native: NativeSupport?
  /// Whether something waits for it, or did a while ago.
  var waitsForNative = false
  /// Who is finding it out.
  var asking: Task<Void, Never>?
  /// Events that the last pruning forgot: where there were some, there may be more.
  var pruned = 0
  /// The pause that was last warned of.
  var pauseSaid: String?
  let startedMs = wallClockMs()

  init(settings: Settings, store: JobStore, logger: Logger, notify: SystemdNotify?) {
    (self.settings, self.store, self.logger, self.notify) = (settings, store, logger, notify)
    (messages, inbox) = AsyncStream.makeStream()
    presenter = Presenter(folder: settings.folder, inbox: inbox)
    space = SpaceGuard(folder: settings.folder)
  }

  /// Runs until it is told to stop or its goal is reached; says how the program ends.
  func run() async throws -> ExitStatus {
    try start()
    watchdog.beat()
    if let notify {
      watchdog.start(notify)
      notify.send("READY=1", "STATUS=idle")
    }
    let ticker = Task.detached { [inbox] in
      while !Task.isCancelled {
        inbox.yield(.tick)
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    defer {
      ticker.cancel()
      watchdog.end()
    }
    for await message in messages {
      watchdog.beat()
      do {
        try handle(message)
      } catch {
        guard !isStopping else { continue }
        logger.critical("\(error)")
        beginStop()
        failure = error
      }
      if isStopping, slots.isEmpty, presenting.isEmpty { break }
    }
    asking?.cancel()
    await asking?.value
    return try finish()
  }

  /// What ended the loop before its time.
  var failure: EditError?

  private func handle(_ message: Message) throws(EditError) {
    switch message {
    case .tick: try tick()
    case .worker(let id, .event(let event)): try note(event, from: id)
    case .worker(let id, .ended(let end)): try settle(end, of: id)
    case .inspected(let native):
      asking = nil
      try noteNative(native)
    case .presented(let sweep, let findings, let failure):
      try notePresented(sweep, findings, failure: failure)
    case .stop: beginStop()
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
        try store.giveBack(Array(order.open.keys), token: order.token, now: wallClockMs())
      }
    } catch { logger.error("giving order \(order.token) back: \(error)") }
    noteChange()
  }

  private func finish() throws -> ExitStatus {
    let status = try goalStatus()
    try? store.setDaemon(nil)
    try? store.close()
    if let failure { throw failure }
    return status
  }

  /// Whether what was waited for failed.
  private func goalStatus() throws(EditError) -> ExitStatus {
    switch settings.goal {
    case .serve: return .ok
    case .drain: return verdicts.failedUnits > 0 ? .failed : .ok
    case .until:
      for target in targets {
        let standing = try store.standing(target)
        if standing.count(.failed) > 0 || !standing.isSettled { return .failed }
      }
      return .ok
    }
  }
}
