import EditJobs
import Foundation
import Logging
import SiblingPrograms
import Subprocess
import Synchronization

/// One `p2p-worker serve`, in a session of its own, from its start to its reaping.
///
/// Its standard input is a pipe that only we hold: our death is its end of input.
final class WorkerProcess: Sendable {
  let id: Int
  let launch: WorkerLaunch
  let health: WorkerHealth
  private let commands: AsyncStream<WorkerCommand>
  private let outgoing: AsyncStream<WorkerCommand>.Continuation
  private let report: @Sendable (WorkerReport) -> Void
  private let tail = Mutex(Tail())
  private let rest = Rest()
  private let logger: Logger

  init(
    id: Int, launch: WorkerLaunch, logger: Logger,
    report: @escaping @Sendable (WorkerReport) -> Void
  ) {
    (self.id, self.launch, self.report) = (id, launch, report)
    health = WorkerHealth(budget: launch.budget, modelBytes: launch.modelBytes)
    (commands, outgoing) = AsyncStream.makeStream()
    var logger = logger
    logger[metadataKey: "worker"] = "\(id)"
    self.logger = logger
  }

  /// Sends a command.
  func send(_ command: WorkerCommand) { outgoing.yield(command) }

  /// Sends an order, whose steps may take so long; `nil` where nobody knows.
  func send(_ order: WorkOrder, step: Duration?) {
    health.begin(step: step)
    rest.end()
    send(.order(order))
  }

  /// Asks for an end at the next step edge; what does not end in time is killed.
  func stop() {
    end(.stop)
    outgoing.yield(.stop)
  }

  /// Asks for the process's end.
  func end(_ cause: WorkerHealth.Cause) {
    health.end(cause)
    rest.end()
  }

  /// Runs the process until it is reaped, then reports how it ended.
  func run() async {
    var options = PlatformOptions()
    options.createSession = true
    let kills = MemoryEvents.own.kills()
    var end = WorkerEnd(words: "")
    do {
      let result = try await Subprocess.run(
        try launch.program.executable, arguments: Arguments(launch.arguments),
        environment: .inherit.updating([
          "NOTIFY_SOCKET": nil, "WATCHDOG_USEC": nil, "WATCHDOG_PID": nil,
        ]),
        platformOptions: options, input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        await withTaskGroup(of: Part.self) { group in
          group.addTask { await self.write(execution) }
          group.addTask { await self.drain(execution) }
          group.addTask { await self.read(execution) }
          group.addTask { await self.supervise(execution) }
          await self.finish(&group)
        }
      }
      end.status = result.terminationStatus
    } catch {
      end.words = "\(error)"
    }
    outgoing.finish()
    let words = tail.withLock { $0.lastLines(20) }
    if !words.isEmpty { end.words = words }
    end.cause = health.cause
    end.outOfMemory = end.isOutOfMemory(
      isOurs: health.isKilled, kills: (kills, MemoryEvents.own.kills()))
    report(.ended(end))
  }

  private enum Part: Sendable { case writer, reader, supervisor, grace }
  private typealias Running = Execution<CustomWriteInput, SequenceOutput, SequenceOutput>

  /// Waits for the process's death, then for what it had still said, at most a second.
  private func finish(_ group: inout TaskGroup<Part>) async {
    var (readers, dead) = (0, false)
    while let part = await group.next() {
      switch part {
      case .writer: break
      case .reader: readers += 1
      case .supervisor:
        dead = true
        outgoing.finish()
        group.addTask {
          try? await Task.sleep(for: .seconds(1))
          return .grace
        }
      case .grace: group.cancelAll()
      }
      if dead, readers == 2 { group.cancelAll() }
    }
  }

  private func write(_ execution: Running) async -> Part {
    for await command in commands {
      do {
        let line = try LineCodec.line(command)
        // A worker that died is seen by the others.
        _ = try? await execution.standardInputWriter.write(line)
      } catch { end(.protocolError("a command cannot be sent: \(error)")) }
    }
    try? await execution.standardInputWriter.finish()
    return .writer
  }

  private func drain(_ execution: Running) async -> Part {
    var lines = LineCodec()
    do {
      for try await buffer in execution.standardError {
        let bytes = buffer.withUnsafeBytes { Array($0) }
        tail.withLock { $0.add(bytes) }
        for case .success(let line) in lines.lines(adding: bytes) {
          logger.info("\(String(decoding: line.prefix(2000), as: UTF8.self))")
        }
      }
    } catch { logger.debug("standard error ended: \(error)") }
    return .reader
  }

  private func read(_ execution: Running) async -> Part {
    var lines = LineCodec()
    do {
      for try await buffer in execution.standardOutput {
        for line in lines.lines(adding: buffer.withUnsafeBytes { Array($0) }) {
          hear(try LineCodec.value(WorkerEvent.self, of: try line.get()))
        }
      }
    } catch {
      health.end(.protocolError("\(error)"))
    }
    // It is dead, or soon.
    rest.shorten()
    return .reader
  }

  private func hear(_ event: WorkerEvent) {
    health.heard(event)
    if case .alive = event { return }
    report(.event(event))
  }

  /// Ten times a second, and every 5 s where it is ready and has nothing to do (the end of its output
  /// is heard at once): is it dead, is it silent, is
  /// the next step of its end due?
  private func supervise(_ execution: Running) async -> Part {
    let pid = execution.processIdentifier.value
    while !ProcessTable.isDead(pid) {
      let action = health.nextAction()
      if action != .nothing {
        logger.warning("\(health.cause.map { "\($0)" } ?? ""): \(action) process \(pid)")
        try? execution.send(
          signal: action == .kill ? .kill : .terminate, toProcessGroup: action == .kill)
        health.sent(action)
      }
      await rest.sleep(for: health.isResting ? .seconds(5) : .milliseconds(100))
    }
    // What it may have started dies with it.
    try? execution.send(signal: .kill, toProcessGroup: true)
    return .supervisor
  }
}

/// A sleep that somebody may end.
private final class Rest: Sendable {
  private struct State {
    var sleeper: Task<Void, Never>?
    /// It was ended while nobody slept.
    var isEnded = false
    var longest = Duration.seconds(60)
  }

  private let state = Mutex(State())

  /// Sleeps, or not where it was ended since the last time.
  func sleep(for duration: Duration) async {
    let sleeper = state.withLock { state -> Task<Void, Never>? in
      guard !state.isEnded else {
        state.isEnded = false
        return nil
      }
      let time = min(duration, state.longest)
      let sleeper = Task<Void, Never> { try? await Task.sleep(for: time) }
      state.sleeper = sleeper
      return sleeper
    }
    guard let sleeper else { return }
    await withTaskCancellationHandler {
      await sleeper.value
    } onCancel: {
      sleeper.cancel()
    }
    state.withLock { ($0.sleeper, $0.isEnded) = (nil, false) }
  }

  /// Wakes who sleeps; from now on nobody sleeps longer than a tenth of a second.
  func shorten() {
    state.withLock { $0.longest = .milliseconds(100) }
    end()
  }

  /// Wakes who sleeps.
  func end() {
    state.withLock { state in
      state.isEnded = true
      state.sleeper?.cancel()
    }
  }
}
