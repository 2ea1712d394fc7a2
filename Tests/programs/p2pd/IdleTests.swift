import EditJobs
import Foundation
import JobStore
import Testing

/// What a daemon does while there is nothing to do, and how soon it sees that there is.
@Suite(.serialized) struct IdleTests {
  /// How often the threads of a process went to sleep by themselves.
  private func sleeps(_ pid: Int32) -> Int {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
    return threads.reduce(0) { sum, thread in
      let text = try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/status", encoding: .utf8)
      let line = text?.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
      return sum + (line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0)
    }
  }

  /// Ticks of the CPU that a process used.
  private func ticks(_ pid: Int32) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 13 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
  }

  private func expectRest(_ daemon: DaemonUnderTest) async throws {
    // What was to be done at once is over.
    try await Task.sleep(for: .seconds(2))
    let (before, used) = (sleeps(daemon.pid), ticks(daemon.pid))
    try await Task.sleep(for: .seconds(5))
    let wakeups = Double(sleeps(daemon.pid) - before) / 5
    #expect(wakeups < 15, "\(wakeups) wakeups a second")
    #expect(ticks(daemon.pid) - used <= 3, "hundredths of a second of CPU in five seconds")
  }

  @Test func anIdleDaemonSleeps() async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let daemon = try DaemonUnderTest(folder.state)
    #expect(await wait { daemon.log.text.contains("serving") })
    try await expectRest(daemon)
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  @Test func itSleepsBesideAWarmWorkerAndSeesNewWorkAtOnce() async throws {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(variants: 1), folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--worker", worker])
    #expect(
      try await wait {
        try SmallSweep.read(folder.state) { try $0.isSettled(.all) }
      })
    try await expectRest(daemon)
    #expect(daemon.children.count == 1, "its worker is warm")
    // Five times, since a machine may be busy once.
    var waits: [Duration] = []
    for seed in 2..<7 as Range<UInt64> {
      let submission = SmallSweep.submission(name: "n\(seed)", variants: 1, seed: seed)
      let store = try JobStore(folder.state)
      defer { try? store.close() }
      _ = try store.enqueue(submission, owner: getuid(), now: 1)
      let begin = ContinuousClock.now
      let key = submission.sources[0].key
      while try store.unit(key)?.state == .ready, begin.duration(to: .now) < .seconds(3) {
        try await Task.sleep(for: .milliseconds(5))
      }
      waits.append(begin.duration(to: .now))
      #expect(try await wait { try store.isSettled(.all) })
      try await Task.sleep(for: .seconds(1.2))
    }
    #expect(waits.sorted()[2] < .milliseconds(200), "\(waits)")
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }

  /// A rename is no write, and a poll stands behind what the kernel tells.
  @Test func aCommitThatTheKernelDoesNotTellIsSeenAllTheSame() async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let daemon = try DaemonUnderTest(folder.state, ["--paused"])
    #expect(await wait { daemon.log.text.contains("serving") })
    try FileManager.default.removeItem(atPath: folder.state.lockFile)
    #expect(await daemon.ended(within: 5) == 74, "\(daemon.log.text)")
  }
}
