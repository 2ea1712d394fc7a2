import EditJobs
import Foundation
import JobStore
import Synchronization
import Testing

/// Many processes at once.
extension FaultTests {
  @Test func twoDaemons() async throws {
    var campaign = Campaign("two-daemons", full: 100, short: 10)
    let folder = try TemporaryFolder()
    let daemons = try (0..<campaign.runs).map { _ in try DaemonUnderTest(folder.state) }
    let settled = await wait(120) { daemons.count { $0.isRunning } <= 1 }
    let running = daemons.filter(\.isRunning)
    campaign.check(settled && running.count == 1, "\(running.count) daemons run")
    let holder = FolderLock.holder(folder.state)
    campaign.check(holder == running.first?.pid, "the lock's holder is \(holder ?? -1)")
    for daemon in daemons where !daemon.isRunning {
      campaign.check(daemon.status == 75, "one ended with \(daemon.status): \(daemon.log.text)")
      let named = await wait(5) { daemon.log.text.contains("process \(holder ?? 0)") }
      campaign.check(named, "the holder is not named: \(daemon.log.text)")
    }
    for daemon in running {
      daemon.signal(SIGTERM)
      campaign.check(await daemon.ended() == 0, "it does not stop")
    }
    try campaign.conclude("one runs, the others end with 75 and its process number")
  }

  /// 16 programs at a time submit sweeps while a daemon works; one in twenty is killed and repeated.
  @Test func enqueuers() async throws {
    var campaign = Campaign("enqueuers", full: 10_000, short: 1_000)
    let perSweep = campaign.runs >= 5_000 ? 100 : 50
    let sweeps = campaign.runs / perSweep
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let daemon = try DaemonUnderTest(folder.state, environment: ledger.environment)
    let chosen = Int.random(in: 1..<20, using: &campaign.random)
    let plans = (0..<sweeps).map { index in
      (
        index, index % 20 == chosen,
        Double.random(in: 0.01...0.2, using: &campaign.random)
      )
    }
    let state = folder.state
    // The daemon is at work before the others come.
    let first = try await Self.submit(plans[0].0, cells: perSweep, killedAfter: nil, state)
    _ = await wait(60) { ledger.evaluations > 0 }
    let before = ledger.evaluations
    let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
      var answers = [first]
      for (place, plan) in plans.dropFirst().enumerated() {
        if place >= 16, let answer = try await group.next() { answers.append(answer) }
        group.addTask {
          try await Self.submit(plan.0, cells: perSweep, killedAfter: plan.1 ? plan.2 : nil, state)
        }
      }
      for try await answer in group { answers.append(answer) }
      return answers
    }
    daemon.signal(SIGTERM)
    campaign.check(await daemon.ended(within: 60) == 0, "p2pd: \(daemon.log.text.suffix(2000))")
    campaign.inside = 0
    try SmallSweep.read(folder.state) { store in
      try store.quickCheck()
      let found = try store.sweeps()
      campaign.check(found.count == sweeps, "\(found.count) sweeps, not \(sweeps)")
      let cells = found.reduce(0) { $0 + $1.standing.total }
      campaign.check(cells == sweeps * perSweep, "\(cells) cells, not \(sweeps * perSweep)")
      let known = Set(found.map(\.id))
      for answer in answers {
        campaign.check(answer.status == 0, "refused: \(answer.errors)")
        campaign.check(
          answer.acknowledged.allSatisfy(known.contains) && Set(answer.acknowledged).count == 1,
          "acknowledged \(answer.acknowledged), which is not there")
      }
    }
    campaign.check(ledger.evaluations > before, "the daemon did nothing meanwhile")
    campaign.remarks.append("\(answers.count { $0.wasKilled }) of \(sweeps) programs killed")
    try campaign.conclude(
      "exactly \(sweeps * perSweep) cells, no acknowledged one lost, while a daemon worked",
      faults: sweeps * perSweep)
  }

  private struct Answer: Sendable {
    var status: Int32
    var errors: String
    /// The sweeps' numbers that were printed, before a kill too.
    var acknowledged: [Int64]
    var wasKilled = false
  }

  private static func submit(
    _ index: Int, cells: Int, killedAfter delay: Double?, _ folder: StateFolder
  ) async throws -> Answer {
    let arguments =
      [
        "sweep", "--name", "many", "--key", "many-\(index)", "--no-reprompt", "--model",
        RealSweep.model, "--prompt", "a red circle on a white background", "--steps", "4", "--cfg",
        "3", "--seed", "\(index)", "--to", "a green circle on a white background", "--w",
        "green=0.01..\(Double(cells) / 100):0.01",
      ]
    var answer = Answer(status: 0, errors: "", acknowledged: [])
    if let delay {
      let killed = try await CommandUnderTest(arguments, folder).ended(killedAfter: delay)
      answer.wasKilled = killed.status == SIGKILL
      answer.acknowledged += killed.numbers
    }
    let ran = try await CommandUnderTest(arguments, folder).ended()
    (answer.status, answer.errors) = (ran.status, ran.errors)
    answer.acknowledged += ran.numbers
    return answer
  }
}

/// A `p2p` that runs beside others.
final class CommandUnderTest: Sendable {
  private let process: Mutex<Process>
  private let output: String
  private let errors: String

  init(_ arguments: [String], _ folder: StateFolder, environment: [String: String] = [:]) throws {
    let base = "\(folder.path)-\(UUID().uuidString)"
    (output, errors) = ("\(base).out", "\(base).err")
    for file in [output, errors] { try Data().write(to: URL(filePath: file)) }
    let process = Process()
    process.executableURL = URL(filePath: Built.program("p2p"))
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "P2P_STATE": folder.path, "P2P_RESULTS": folder.results,
    ]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    self.process = Mutex(process)
  }

  /// Waits for its end, which a kill may bring; its status and the numbers that it printed.
  func ended(killedAfter delay: Double? = nil) async throws -> (
    status: Int32, errors: String, numbers: [Int64]
  ) {
    if let delay, !(await wait(delay, until: { !self.isRunning })) {
      kill(process.withLock { $0.processIdentifier }, SIGKILL)
    }
    guard await wait(300, until: { !self.isRunning }) else {
      kill(process.withLock { $0.processIdentifier }, SIGKILL)
      throw FaultTrouble("p2p does not end")
    }
    let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
    let words = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
    for file in [output, errors] { unlink(file) }
    return (
      process.withLock { $0.terminationStatus }, words,
      text.split(separator: "\n").compactMap { Int64($0) }
    )
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.withLock { $0.processIdentifier }, number) }

  var isRunning: Bool { process.withLock { $0.isRunning } }
}
