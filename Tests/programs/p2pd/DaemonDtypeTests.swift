import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// Compute types from the command line to the worker.
@Suite struct DaemonDtypeTests {
  private static let sweep =
    ["sweep", "--no-reprompt", "--tau", "0.2,0.8"] + RealSweep.request + RealSweep.edit

  private func starts(_ daemon: DaemonUnderTest, _ dtype: String) -> Int {
    daemon.log.text.split(separator: "\n")
      .count { $0.contains("starting a worker for \(RealSweep.model) in \(dtype)") }
  }

  private func cells(_ sweep: String, _ folder: StateFolder) throws -> [CellRow] {
    try SmallSweep.read(folder) { try $0.cells(try $0.resolve(sweep)) }
  }

  /// Turn by turn they would be four starts: a worker goes on with what its model is loaded in.
  @Test(.enabled(if: TestedCPU.hasBF16, "this CPU has no AVX512-BF16"))
  func oneWorkerServesBothTypesOneAfterTheOther() async throws {
    let folder = try TemporaryFolder()
    for (name, dtype) in [("a", "f32"), ("b", "bf16"), ("c", "f32"), ("d", "bf16")] {
      // Another prompt is another source.
      let ran = try RealSweep.p2p(
        Self.sweep + ["--name", name, "--dtype", dtype, "--negative", name < "c" ? "x" : "y"],
        folder.state)
      #expect(ran.status == 0, "\(ran.errors)")
    }
    let daemon = try DaemonUnderTest(folder.state, ["--embedded", "--workers", "1"])
    #expect(await daemon.ended(within: 120) == 0, "\(daemon.log.text)")
    #expect(starts(daemon, "f32") == 1 && starts(daemon, "bf16") == 1, "\(daemon.log.text)")
    for (name, dtype) in [("a", ComputeType.f32), ("b", .bf16), ("c", .f32), ("d", .bf16)] {
      let cells = try cells(name, folder.state)
      #expect(cells.count == 2 && cells.allSatisfy { $0.state == .done })
      let source = try #require(cells.first?.variant.source)
      let spec = try SmallSweep.read(folder.state) { try $0.sourceSpec(source) }
      #expect(spec?.compute == dtype)
    }
    let results = try RealSweep.p2p(["results", "b", "--csv"], folder.state)
    #expect(results.output.contains("bf16"), "\(results)")
    let page = try String(
      contentsOfFile: try RealSweep.file("sweep.yaml", sweep: "b", folder.state), encoding: .utf8)
    #expect(page.contains("dtype: \"bf16\""), "\(page)")
    let index = try String(
      contentsOfFile: try RealSweep.file("index.html", sweep: "b", folder.state), encoding: .utf8)
    #expect(index.contains("· bf16"), "\(index.prefix(2000))")
  }

  @Test(.enabled(if: !TestedCPU.hasBF16, "this CPU has AVX512-BF16"))
  func bf16IsGivenUpAtOnceAndF32IsMade() async throws {
    let folder = try TemporaryFolder()
    for dtype in ["bf16", "f32"] {
      let ran = try RealSweep.p2p(
        Self.sweep + ["--name", dtype, "--dtype", dtype], folder.state)
      #expect(ran.status == 0, "\(ran.errors)")
    }
    let daemon = try DaemonUnderTest(folder.state, ["--embedded", "--workers", "1"])
    #expect(await daemon.ended(within: 120) == 1)
    #expect(starts(daemon, "bf16") == 1)
    #expect(
      try cells("bf16", folder.state).allSatisfy { $0.variant.errorCode == "dtype-unavailable" })
    #expect(try cells("f32", folder.state).allSatisfy { $0.state == .done })
  }

  @Test func theDaemonWritesDownWhatItsCPUHas() async throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let before = try RealSweep.p2p(Self.sweep + ["--dtype", "auto", "--dry-run"], folder.state)
    #expect(before.output.contains("dtype auto is f32: no p2pd"), "\(before)")
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended() == 0, "\(daemon.log.text)")
    #expect(try SmallSweep.read(folder.state) { try $0.workerCPUs() } == [TestedCPU.facts])
    let after = try RealSweep.p2p(Self.sweep + ["--dtype", "auto", "--dry-run"], folder.state)
    #expect(
      after.output.contains("dtype auto is \(TestedCPU.hasBF16 ? "bf16" : "f32"): the"),
      "\(after)")
  }

  @Test func whatIsKnownOfTheCPUsDecidesAtEnqueue() throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    func know(_ hasBF16: Bool) throws {
      try SmallSweep.read(folder.state) {
        try $0.setWorkerCPUs([WorkerCPU(place: "local", name: "Zen", hasBF16: hasBF16)], now: 1)
      }
    }
    func enqueue(_ dtype: String, _ name: String) throws -> Ran {
      try RealSweep.p2p(Self.sweep + ["--dtype", dtype, "--name", name], folder.state)
    }
    func compute(_ name: String) throws -> ComputeType? {
      try SmallSweep.read(folder.state) { store in
        try store.cells(try store.resolve(name)).first?.variant.source
          .flatMap { try store.sourceSpec($0)?.compute }
      }
    }
    // Nothing is known yet: it is taken at its word.
    #expect(try enqueue("bf16", "early").status == 0)
    #expect(try compute("early") == .bf16)
    try know(false)
    let refused = try enqueue("bf16", "refused")
    #expect(refused.status == Files.ExitStatus.unavailable.rawValue)
    #expect(refused.errors.contains("the CPU of local workers (Zen) does not have"), "\(refused)")
    #expect(refused.errors.contains("try: --dtype f32"))
    #expect(try enqueue("auto", "wide").errors.contains("dtype auto is f32"))
    #expect(try compute("wide") == .f32)
    try know(true)
    #expect(try enqueue("auto", "narrow").errors.contains("dtype auto is bf16"))
    #expect(try compute("narrow") == .bf16)
    let explained = try RealSweep.p2p(["explain", "narrow:r1c1"], folder.state)
    #expect(explained.output.contains("20 steps, DDIM, bf16"), "\(explained)")
    #expect(try enqueue("half", "x").errors.contains("legal: auto, f32, bf16"))
    // A sweep grows in its own type, where there still is one.
    try know(false)
    let grown = try RealSweep.p2p(["sweep", "--grow", "narrow", "--tau", "0.5"], folder.state)
    #expect(grown.status == Files.ExitStatus.unavailable.rawValue, "\(grown)")
    let other = try RealSweep.p2p(
      ["sweep", "--grow", "narrow", "--tau", "0.5", "--dtype", "f32"], folder.state)
    #expect(other.errors.contains("keeps its dtype"), "\(other)")
  }
}
