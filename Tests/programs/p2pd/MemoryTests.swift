import EditJobs
import Foundation
import JobStore
import Testing

/// Too little memory: how it is noticed, what it costs, and how lanes come back.
@Suite struct MemoryTests {
  /// Twelve variants that fit by twos, and what the daemon ordered: how many units each time.
  private func drain(
    _ spoken: String, _ folder: TemporaryFolder, _ more: [String: String] = [:],
    facts: ModelFacts = SmallSweep.facts
  ) async throws -> (daemon: DaemonUnderTest, status: Int32?, orders: [Int]) {
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(facts: facts, variants: 12), folder.state)
    var all = ["P2P_SPOKEN": spoken, "P2P_SPOKEN_LOG": "\(folder.path)/spoken"]
    all["P2P_CGROUP_ROOT"] = folder.path
    all.merge(more) { $1 }
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded", "--worker", worker], environment: all)
    let status = await daemon.ended(within: 120)
    let orders = try String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8)
      .split(separator: "\n").filter { $0.hasPrefix("order") }
      .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    return (daemon, status, orders)
  }

  /// Files as the kernel has them, under a folder of our own.
  private func groups(
    _ folder: TemporaryFolder, _ membership: String, counter: String, _ text: String
  ) throws -> String {
    let path = "\(folder.path)/sys/fs/cgroup/\(counter)"
    for (file, text) in [("\(folder.path)/proc/self/cgroup", membership), (path, text)] {
      try FileManager.default.createDirectory(
        at: URL(filePath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    return path
  }

  private func attempts(_ folder: TemporaryFolder) throws -> [Int] {
    try SmallSweep.read(folder.state) { try $0.cells(.all).map(\.variant.attempts) }
  }

  /// The source; twelve at once are too many, and so are six and three; after three times it takes
  /// four good orders before there are two again.
  private static let halved = [1, 12, 6, 3, 1, 1, 1, 1, 2, 2, 2, 2]

  @Test func aKillThatNobodySentHalvesTheLanesAndTheyComeBackSlowly() async throws {
    let folder = try TemporaryFolder()
    let (daemon, status, orders) = try await drain("killed-above-two", folder)
    #expect(status == 0, "\(daemon.log.text)")
    #expect(orders == Self.halved)
    #expect(try attempts(folder).allSatisfy { $0 == 0 })
    let words = daemon.log.text
    #expect(words.contains("out of memory with 12 lanes of /nowhere: 6 at most from now on"))
    #expect(words.contains("one more after 2 good orders"))
    #expect(words.contains("1 lanes of /nowhere fit: 2 of 16 from now on"))
  }

  @Test(
    arguments: [
      ("0::/p2p.slice\n", "p2p.slice/memory.events", "low 0\nmax 9\noom 1\noom_kill 3\n"),
      (
        "7:cpu:/\n4:cpuset,memory:/box/inner\n0::/elsewhere\n",
        "memory/box/inner/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"
      ),
      // A container that sees its own group as the root.
      ("4:memory:/docker/abc\n", "memory/memory.oom_control", "under_oom 0\noom_kill 3\n"),
    ])
  func theKernelsCountDecides(membership: String, counter: String, text: String) async throws {
    let folder = try TemporaryFolder()
    let path = try groups(folder, membership, counter: counter, text)
    let (daemon, status, orders) = try await drain(
      "killed-above-two", folder, ["P2P_SPOKEN_KILLS": path])
    #expect(status == 0, "\(daemon.log.text)")
    #expect(orders == Self.halved)
    #expect(daemon.log.text.contains("was killed by signal 9, likely for memory"))

    // The same kills with a count that stands still are somebody's: the units run alone.
    let other = try TemporaryFolder()
    _ = try groups(other, membership, counter: counter, text)
    let (calm, end, alone) = try await drain("killed-above-two", other)
    #expect(end == 0, "\(calm.log.text)")
    #expect(alone == [1, 12] + Array(repeating: 1, count: 12))
    #expect(!calm.log.text.contains("for memory"))
  }

  /// Lanes of 1 MiB beside weights of 1 MiB: a pass's maps of 9 MiB leave room for three of 13.
  @Test func theMapsOfAPassTakeTheirRoom() async throws {
    let folder = try TemporaryFolder()
    var facts = SmallSweep.facts
    (facts.mapBytesPerPass, facts.decodeBytes) = (9 << 20, 12 << 20)
    let (daemon, status, orders) = try await drain(
      "good", folder, ["P2P_MEMORY": "13MiB"], facts: facts)
    #expect(status == 0, "\(daemon.log.text)")
    #expect(orders == [1, 3, 3, 3, 3])
    #expect(!daemon.log.text.contains("a worker may take"))
    // A picture that does not fit when it is decoded is said, and tried.
    let small = try TemporaryFolder()
    facts.decodeBytes = 40 << 20
    let (warned, end, _) = try await drain("good", small, ["P2P_MEMORY": "13MiB"], facts: facts)
    #expect(end == 0)
    #expect(
      warned.log.text.contains(
        "/nowhere needs about 41 MiB at 64×64, and a worker may take 13 MiB"),
      "\(warned.log.text)")
  }

  @Test func aWorkerThatSaysItHasNoMemoryIsGivenFewerLanes() async throws {
    let folder = try TemporaryFolder()
    let (daemon, status, orders) = try await drain("no-memory", folder)
    #expect(status == 0, "\(daemon.log.text)")
    #expect(orders == Self.halved)
    #expect(try attempts(folder).allSatisfy { $0 == 0 })
  }

  /// The real worker, whose allocation fails once: one that its source does not need, and a batch of
  /// variants does: 4 MB, and the 2 MiB by which it is asked for too much to be aligned.
  @Test func anAllocationThatFailsOnceChangesNoByte() async throws {
    let sweep = FaultSweep.small
    var campaign = Campaign("no-memory", full: 1, short: 1)
    _ = try await sweep.reference()
    let folder = try TemporaryFolder()
    try sweep.enqueue(folder.state)
    let mark = "\(folder.path)/failed"
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded"],
      environment: try Shim.withoutMemory(bytes: 6_100_000, mark: mark))
    #expect(await daemon.ended(within: 120) == 0, "\(daemon.log.text)")
    #expect(access(mark, F_OK) == 0, "no allocation failed")
    #expect(daemon.log.text.contains("out of memory: "))
    #expect(daemon.log.text.contains("at most from now on"), "\(daemon.log.text)")
    try await sweep.judge(folder.state, &campaign)
    #expect(campaign.problems.isEmpty, "\(campaign.problems)")
  }
}
