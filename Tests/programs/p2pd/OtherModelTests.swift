import EditJobs
import Foundation
import JobStore
import Testing

/// What the daemon makes of a model whose files are not those of its digest.
@Suite(.serialized) struct OtherModelTests {
  private static let sweep =
    ["sweep", "--name", "four", "--no-reprompt", "--prompt", "a red circle", "--to", "a red star"]
    + ["--steps", "100", "--cfg", "3", "--seed", "7", "--tau", "0.2,0.4,0.6,0.8"]

  private struct Rig {
    let folder: TemporaryFolder
    let daemon: DaemonUnderTest
    var weights: String { "\(folder.path)/model/unet/diffusion_pytorch_model.safetensors" }

    /// A sweep on a model of its own, whose worker is stopped in the middle of the source.
    init() async throws {
      folder = try TemporaryFolder()
      let model = "\(folder.path)/model"
      try FileManager.default.copyItem(atPath: RealSweep.model, toPath: model)
      let ran = try RealSweep.p2p(OtherModelTests.sweep + ["--model", model], folder.state)
      try #require(ran.status == 0, "\(ran.errors)")
      let ledger = Ledger(path: "\(folder.path)/evaluations")
      daemon = try DaemonUnderTest(
        folder.state, ["--embedded"], environment: ledger.environment)
      try #require(await wait(60) { ledger.lines.count >= 2 })
      try #require(daemon.children.count == 1)
      kill(daemon.children[0], SIGSTOP)
    }

    var log: String { daemon.log.text }

    func goOn() { for worker in daemon.children { kill(worker, SIGCONT) } }

    func attempts() throws -> [Int] {
      try SmallSweep.read(folder.state) { store in
        try UnitState.allCases.flatMap { try store.units(in: $0) }.map(\.attempts)
      }
    }
  }

  /// The pictures of the sweep where nobody touches the model.
  private static func undisturbed() async throws -> [String: Digest] {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      sweep + ["--model", RealSweep.model, "--wait"], folder.state)
    try #require(ran.status == 0, "\(ran.errors)")
    return try RealSweep.digests(folder.state)
  }

  @Test func nothingCountsAndTheOldFilesGoOn() async throws {
    let rig = try await Rig()
    try QuietChange.change(rig.weights)
    rig.goOn()
    #expect(await wait(60) { rig.log.contains("model-changed") })
    let waiting = try SmallSweep.read(rig.folder.state) { try $0.units(in: .ready) }
    #expect(waiting.first?.errorCode == "model-changed")
    try QuietChange.change(rig.weights)
    #expect(await rig.daemon.ended(within: 120) == 0, "\(rig.log.suffix(2000))")
    #expect(try rig.attempts().allSatisfy { $0 == 0 })
    let expected = try await Self.undisturbed()
    #expect(try RealSweep.digests(rig.folder.state) == expected)
  }

  @Test func otherFilesThatStayFailWithTheReason() async throws {
    let rig = try await Rig()
    try QuietChange.change(rig.weights)
    rig.goOn()
    #expect(await rig.daemon.ended(within: 60) == 1, "\(rig.log.suffix(2000))")
    // Found three times, with a second and two in between, and not again and again.
    let found = rig.log.components(separatedBy: ": model-changed: ").count - 1
    #expect(found == 3, "\(rig.log.suffix(4000))")
    let failed = try SmallSweep.read(rig.folder.state) { try $0.units(in: .failed) }
    #expect(failed.count == 5 && failed.allSatisfy { $0.errorText?.isEmpty == false })
    let source = try #require(failed.first { $0.kind == .source })
    #expect(source.errorCode == "model-changed")
    #expect(source.errorText?.contains("put the old files back, or enqueue again") == true)
    #expect(source.step > 0)
    #expect(try rig.attempts().allSatisfy { $0 == 0 })

    // A worker that starts anew finds the same.
    _ = try RealSweep.p2p(["retry", "all"], rig.folder.state)
    let next = try DaemonUnderTest(rig.folder.state, ["--embedded"])
    #expect(await next.ended(within: 60) == 1, "\(next.log.text.suffix(2000))")
    let again = try SmallSweep.read(rig.folder.state) { try $0.units(in: .failed) }
    #expect(again.first { $0.kind == .source }?.errorCode == "model-changed")
    #expect(next.log.text.components(separatedBy: ": model-changed: ").count - 1 == 3)

    try QuietChange.change(rig.weights)
    _ = try RealSweep.p2p(["retry", "all"], rig.folder.state)
    let last = try DaemonUnderTest(rig.folder.state, ["--embedded"])
    #expect(await last.ended(within: 120) == 0, "\(last.log.text.suffix(2000))")
    #expect(try rig.attempts().allSatisfy { $0 == 0 })
  }

  /// Other models go on meanwhile.
  @Test func otherModelsDoNotWait() async throws {
    let rig = try await Rig()
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--model", RealSweep.model + "?prediction=v_prediction", "--prompt",
        "a blue square", "--steps", "4",
      ], rig.folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    try QuietChange.change(rig.weights)
    rig.goOn()
    #expect(await rig.daemon.ended(within: 60) == 1, "\(rig.log.suffix(2000))")
    let done = try SmallSweep.read(rig.folder.state) { try $0.units(in: .done) }
    #expect(!done.isEmpty && done.allSatisfy { $0.steps == 4 }, "\(rig.log.suffix(2000))")
    let events = try SmallSweep.read(rig.folder.state) { try $0.events(limit: 1_000) }
    let finished = try #require(events.first { $0.kind == "finished" })
    let failed = try #require(events.first { $0.to == .failed })
    #expect(finished.atMs <= failed.atMs, "it ran while the other model was waited for")
  }
}
