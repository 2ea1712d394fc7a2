import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// What `enqueue` and `sweep` promise beyond a grid: dry runs, keys, machine-readable answers.
@Suite struct SubmissionTests {
  private struct Answer: Decodable {
    var id: Int64
    var created: Bool
    var cells: Int
    var guided_steps: Int
  }

  private func answer(_ ran: Ran) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Data(ran.output.utf8))
  }

  @Test func aDryRunWritesNothing() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(RealSweep.twelve + ["--dry-run"], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    #expect(ran.output.contains("12 cells = 4 tau × 3 w:green"), "\(ran.output)")
    #expect(ran.output.contains("188 guided = 376 of 520 evaluations"), "\(ran.output)")
    #expect(ran.output.contains("of maps, which stay while maps.quota (20 GiB) has room"))
    #expect(ran.output.contains("Nothing was written."))
    #expect(!FileManager.default.fileExists(atPath: folder.state.path))
  }

  /// What a dry run says of maps that are too many is what the worker then evaluates.
  @Test func aDryRunCountsMapsThatAreMadeAgain() throws {
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let few = ["P2P_MAPS_QUOTA": "1MiB"].merging(ledger.environment) { $1 }
    let plan = try RealSweep.p2p(RealSweep.twelve + ["--dry-run"], folder.state, environment: few)
    // Some lane takes maps in the first 16 of 20 steps.
    #expect(plan.output.contains("188 guided = 392 of 536 evaluations"), "\(plan)")
    #expect(!plan.output.contains("of maps, which stay"), "\(plan)")
    #expect(plan.output.contains("made again by 16 of the evaluations"), "\(plan)")
    #expect(plan.output.contains("more than a quarter of maps.quota (1.0 MiB)"), "\(plan)")
    let ran = try RealSweep.p2p(
      RealSweep.twelve + ["--wait"], folder.state, environment: few)
    #expect(ran.status == 0, "\(ran.errors)")
    #expect(ledger.evaluations == 392)
    // Measured now, at this size alone.
    let again = RealSweep.twelve + ["--dry-run", "--steps", "10"]
    let same = try RealSweep.p2p(again, folder.state)
    #expect(same.output.contains(" s an evaluation, measured here"), "\(same)")
    let other = try RealSweep.p2p(again + ["--size", "128x128"], folder.state)
    #expect(other.output.contains("nothing was measured at this picture size yet"), "\(other)")
  }

  @Test func aKeyMakesSubmissionSafeToRepeat() throws {
    let folder = try TemporaryFolder()
    let twice = RealSweep.twelve + ["--key", "night", "--json"]
    let first = try answer(try RealSweep.p2p(twice, folder.state))
    let second = try answer(try RealSweep.p2p(twice, folder.state))
    #expect(first.created && !second.created && first.id == second.id)
    #expect(first.cells == 12 && first.guided_steps == 188 && second.guided_steps == 0)
    let other = try RealSweep.p2p(
      RealSweep.twelve + ["--cfg", "4", "--key", "night"], folder.state)
    #expect(other.status == Files.ExitStatus.data.rawValue, "\(other.errors)")
  }

  @Test func theFirstAxisTypedIsTheColumns() throws {
    let folder = try TemporaryFolder()
    let id = try answer(
      try RealSweep.p2p(
        ["sweep", "--json", "--name", "order"] + RealSweep.request + RealSweep.edit
          + ["--w", "green=1,2", "--tau", "0.2,0.4,0.6"], folder.state)
    ).id
    let axes = try SmallSweep.read(folder.state) { try $0.sweep(id).axes.map(\.name) }
    #expect(axes == ["w:green", "tau"])
  }

  @Test func whatIsTypedReplacesWhatAFileSays() throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/x.yaml"
    try """
    sweep: filed
    model: \(RealSweep.model)
    prompt: a red circle
    axes:
      to: [a blue circle]
      tau: [0.1, 0.2]
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let id = try answer(
      try RealSweep.p2p(["sweep", file, "--tau", "0.5,0.6,0.7", "--json"], folder.state)
    ).id
    let axes = try SmallSweep.read(folder.state) { try $0.sweep(id).axes }
    #expect(axes.first { $0.name == "tau" }?.values == ["0.5", "0.6", "0.7"])
  }

  @Test func cancelAndRetryAreSaidInJSON() throws {
    let folder = try TemporaryFolder()
    try RealSweep.p2p(RealSweep.twelve, folder.state)
    let one = try RealSweep.p2p(["cancel", "twelve:r1c1", "--json"], folder.state)
    #expect(one.output.contains("\"cells\":1"), "\(one.output)\(one.errors)")
    let status = try RealSweep.p2p(
      ["status", "twelve"], folder.state, environment: ["NO_COLOR": "1"])
    #expect(status.output.contains("–") && !status.output.contains("\u{1B}["))
    let again = try RealSweep.p2p(["retry", "twelve"], folder.state)
    #expect(again.output.contains("1 units wait again"), "\(again.output)\(again.errors)")
  }
}

/// The programs' shape: who links what, how fast they start.
@Suite struct ProgramTests {
  @Test(arguments: ["p2p": false, "p2pd": false, "p2p-worker": true])
  func linksTheEngine(_ program: String, _ links: Bool) throws {
    let binary = try Data(contentsOf: URL(filePath: Built.program(program)), options: .alwaysMapped)
    #expect((binary.range(of: Data("ck_multiply".utf8)) != nil) == links)
  }
}
