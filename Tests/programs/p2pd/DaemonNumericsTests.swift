import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// Whose kernels compute, from the command line to the worker, and orders that wait for kernels.
@Suite struct DaemonNumericsTests {
  private static let sweep =
    ["sweep", "--no-reprompt", "--tau", "0.2,0.8"] + RealSweep.request + RealSweep.edit
  private static let spoken = Numerics(mode: .native, kernels: "Spoken 1")

  private func source(_ sweep: String, _ folder: StateFolder) throws -> SourceSpec? {
    try SmallSweep.read(folder) { store in
      try store.cells(try store.resolve(sweep)).first?.variant.source
        .flatMap { try store.sourceSpec($0) }
    }
  }

  @Test func whatIsKnownOfTheMachineDecidesAtEnqueue() throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    func know(_ native: NativeSupport?) throws {
      try SmallSweep.read(folder.state) {
        try $0.setWorkerCPUs(
          [WorkerCPU(place: "local", name: "Zen", hasBF16: true, native: native)], now: 1)
      }
    }
    func enqueue(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Ran {
      try RealSweep.p2p(Self.sweep + arguments, folder.state, environment: environment)
    }
    try know(.missing("libopenblas.so.0 is not there"))
    let refused = try enqueue(["--numerics", "native"])
    #expect(refused.status == Files.ExitStatus.unavailable.rawValue)
    for words in ["libopenblas.so.0 is not there", "local workers", "libopenblas0-pthread"] {
      #expect(refused.errors.contains(words), "\(refused)")
    }
    try know(.kernels("Spoken 1"))
    let plan = try enqueue(["--numerics", "native", "--dry-run"])
    #expect(plan.output.contains("numerics  native, Spoken 1"), "\(plan)")
    let said = try enqueue(["--numerics", "native", "--name", "typed"])
    #expect(said.status == 0 && said.errors.contains("numerics native is Spoken 1"), "\(said)")
    #expect(try source("typed", folder.state)?.numerics == Self.spoken)
    let explained = try RealSweep.p2p(["explain", "typed:r1c1"], folder.state)
    #expect(explained.output.contains("20 steps, DDIM, Spoken 1"), "\(explained)")
    // The type that auto takes, and the one that is typed.
    #expect(try enqueue(["--numerics", "native", "--dtype", "auto", "--name", "auto"]).status == 0)
    #expect(try source("auto", folder.state)?.compute == .f32)
    let narrow = try enqueue(["--numerics", "native", "--dtype", "bf16"])
    #expect(narrow.status == Files.ExitStatus.data.rawValue, "\(narrow)")
    #expect(narrow.errors.contains("native numerics compute in f32 alone"), "\(narrow)")
    #expect(try enqueue(["--numerics", "fast"]).errors.contains("legal: portable, native"))
    // A setting gives the default, and what is typed wins.
    let native = ["P2P_NUMERICS": "native"]
    #expect(try enqueue(["--name", "set"], native).status == 0)
    #expect(try source("set", folder.state)?.numerics == Self.spoken)
    #expect(try enqueue(["--name", "plain", "--numerics", "portable"], native).status == 0)
    #expect(try source("plain", folder.state)?.numerics == Numerics())
    let shown = try RealSweep.p2p(
      ["config", "show", "--origin"], folder.state, environment: native)
    let row = shown.output.split(separator: "\n").first { $0.hasPrefix("numerics") }
    #expect(row?.contains("native") == true && row?.contains("P2P_NUMERICS") == true, "\(shown)")
    #expect(
      try RealSweep.p2p(["config"], folder.state).output.split(separator: "\n")
        .contains { $0.hasPrefix("numerics") && $0.contains("portable") })
    #expect(try enqueue([], ["P2P_NUMERICS": "fast"]).status == 78)
  }

  @Test func aSweepGrowsInItsOwnNumerics() throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    func know(_ kernels: String) throws {
      try SmallSweep.read(folder.state) {
        try $0.setWorkerCPUs(
          [WorkerCPU(place: "local", name: "", hasBF16: true, native: .kernels(kernels))], now: 1)
      }
    }
    func p2p(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Ran {
      try RealSweep.p2p(arguments, folder.state, environment: environment)
    }
    try know("Spoken 1")
    #expect(try p2p(Self.sweep + ["--name", "ours"]).status == 0)
    #expect(try p2p(Self.sweep + ["--name", "native", "--numerics", "native"]).status == 0)
    for name in ["ours", "native"] {
      let grown = try p2p(["sweep", "--grow", name, "--tau", "0.5"], ["P2P_NUMERICS": "native"])
      #expect(grown.status == 0, "\(grown)")
      let cells = try SmallSweep.read(folder.state) { try $0.cells(try $0.resolve(name)) }
      #expect(cells.count == 3 && Set(cells.map(\.variant.source)).count == 1)
    }
    let other = try p2p(["sweep", "--grow", "ours", "--tau", "0.6", "--numerics", "native"])
    #expect(other.errors.contains("keeps its numerics"), "\(other)")
    // Other kernels would be other pictures beside those that are there.
    try know("Spoken 2")
    let mixed = try p2p(["sweep", "--grow", "native", "--tau", "0.7"])
    #expect(mixed.status == Files.ExitStatus.data.rawValue, "\(mixed)")
    #expect(mixed.errors.contains("native kernels"), "\(mixed)")
  }

  /// Where no daemon has looked, `p2p` asks the worker itself; both say the same.
  @Test func theWorkerSaysWhatTheMachineHas() async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let asked = try Ran(Built.program("p2p-worker"), ["inspect"])
    #expect(asked.status == 0, "\(asked)")
    let native = try JSONDecoder().decode(MachineFacts.self, from: Data(asked.output.utf8)).native
    let ran = try RealSweep.p2p(
      Self.sweep + ["--name", "early", "--numerics", "native"], folder.state)
    switch native {
    case .kernels(let name):
      #expect(ran.status == 0, "\(ran)")
      #expect(try source("early", folder.state)?.numerics.kernels == name)
    case .missing(let reason):
      #expect(ran.status == Files.ExitStatus.unavailable.rawValue)
      #expect(ran.errors.contains(reason), "\(ran)")
    }
    let daemon = try DaemonUnderTest(folder.state, ["--paused"])
    #expect(
      try await wait {
        try SmallSweep.read(folder.state) { try $0.workerCPUs() }.first?.native == native
      })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0, "\(daemon.log.text)")
  }

  /// A worker that only speaks, kernels that come and go, and two sweeps: `small` is native.
  private func waiting(_ spoken: String) throws -> (DaemonUnderTest, TemporaryFolder) {
    let folder = try TemporaryFolder()
    let worker = try folder.script("worker", SpokenWorker.script)
    try SmallSweep.enqueue(SmallSweep.submission(numerics: Self.spoken), folder.state)
    try SmallSweep.enqueue(SmallSweep.submission(name: "ours"), folder.state)
    let daemon = try DaemonUnderTest(
      folder.state, ["--worker", worker, "--workers", "1"],
      environment: [
        "P2P_SPOKEN": spoken, "P2P_SPOKEN_LOG": "\(folder.path)/spoken",
        "P2P_SPOKEN_KERNELS": "\(folder.path)/kernels",
      ])
    return (daemon, folder)
  }

  private func setKernels(_ name: String, _ folder: TemporaryFolder) throws {
    try name.write(toFile: "\(folder.path)/kernels", atomically: true, encoding: .utf8)
  }

  private func states(_ sweep: String, _ folder: TemporaryFolder) throws -> Set<UnitState> {
    try SmallSweep.read(folder.state) { Set(try $0.cells(try $0.resolve(sweep)).map(\.state)) }
  }

  private func nativeSource(_ folder: TemporaryFolder) throws -> UnitRow? {
    let key = SmallSweep.submission(numerics: Self.spoken).sources[0].key
    return try SmallSweep.read(folder.state) { try $0.unit(key) }
  }

  private func starts(_ folder: TemporaryFolder) -> Int {
    ((try? String(contentsOfFile: "\(folder.path)/spoken", encoding: .utf8)) ?? "")
      .split(separator: "\n").count { $0.hasPrefix("start") }
  }

  @Test func anOrderWaitsForItsKernelsAndGoesOnWhenTheyCome() async throws {
    let (daemon, folder) = try waiting("good")
    func reason() throws -> String? {
      guard let unit = try nativeSource(folder), unit.state == .scheduled else { return nil }
      return unit.errorText
    }
    // Everything else is made meanwhile.
    #expect(try await wait { try self.states("ours", folder) == [.done] })
    #expect(try await wait { try reason()?.contains("no library") == true })
    let unit = try #require(try nativeSource(folder))
    #expect(unit.errorCode == "native-unavailable" && unit.attempts == 0)
    #expect(try states("small", folder) == [.blocked])
    for arguments in [["status"], ["status", "small"], ["explain", "small:r1c1"]] {
      #expect(
        try await wait {
          try RealSweep.p2p(arguments, folder.state).output
            .contains("native-unavailable: native numerics need OpenBLAS: no library; again in")
        }, "\(arguments)")
    }
    // Kernels of another name will not do.
    try setKernels("Spoken 2", folder)
    #expect(try await wait(30) { try reason()?.contains("are Spoken 2 here") == true })
    #expect(try reason()?.contains("names Spoken 1") == true)
    // At most one is started in vain: before the machine has answered.
    let before = starts(folder)
    #expect(before <= 2)
    try setKernels("Spoken 1", folder)
    #expect(try await wait(60) { try self.states("small", folder) == [.done] })
    #expect(starts(folder) == before + 1)
    #expect(try nativeSource(folder)?.errorCode == nil)
    #expect(
      try SmallSweep.read(folder.state) { try $0.workerCPUs() }.first?.native
        == .kernels("Spoken 1"))
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
    #expect(daemon.log.text.contains("starting a worker for /nowhere in f32 with Spoken 1"))
  }

  /// What nobody could ask beforehand, the worker says itself before it is ready.
  @Test func aWorkerThatLacksTheKernelsLeavesTheUnitWaiting() async throws {
    let (daemon, folder) = try waiting("lacks-kernels")
    #expect(try await wait { try self.states("ours", folder) == [.done] })
    // Three dead starts would fail it.
    #expect(await wait(30) { self.starts(folder) >= 5 })
    let unit = try #require(try nativeSource(folder))
    #expect(unit.state.isOpen && unit.attempts == 0)
    #expect(unit.errorText?.hasSuffix("no library") == true)
    try setKernels("Spoken 1", folder)
    #expect(try await wait(60) { try self.states("small", folder) == [.done] })
    daemon.signal(SIGTERM)
    #expect(await daemon.ended() == 0)
  }
}
