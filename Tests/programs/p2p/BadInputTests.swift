import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// Wrong requests: a clear message, the right exit status, and nothing half-written.
@Suite struct BadInputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var arguments: [String]
    var status: Files.ExitStatus
    /// Every one of these stands in the message.
    var says: [String]
    var testDescription: String { name }
  }

  private static let edit = [
    "--model", RealSweep.model, "--prompt", "a red circle", "--to", "a blue circle",
  ]
  private static let long = String(repeating: "a red circle next to ", count: 7) + "a moon"

  static let cases: [Case] = [
    Case(
      name: "a word that is not there", arguments: ["sweep"] + edit + ["--w", "crwon=2"],
      status: .data, says: ["\"crwon\" is not in the edit prompt", "a, blue, circle"]),
    Case(
      name: "a setting without a name",
      arguments: ["sweep", "--model", "nowhere?=", "--prompt", "a", "--to", "b"], status: .missing,
      says: ["no model at nowhere: there is no such folder"]),
    Case(
      name: "a prompt too long",
      arguments: ["enqueue", "--model", RealSweep.model, "--prompt", long], status: .data,
      says: ["the text encoder takes 30", "does not fit"]),
    Case(
      name: "unequal word counts",
      arguments: ["sweep", "--model", RealSweep.model, "--prompt", "a red circle"]
        + ["--to", "a big blue circle", "--method", "replace"], status: .data,
      says: ["equal word counts: 3 and 4", "refine"]),
    Case(
      name: "tau outside", arguments: ["sweep"] + edit + ["--tau", "1.25"], status: .data,
      says: ["tau is outside 0…1: 1.25", "12s"]),
    Case(
      name: "a weight that is no number", arguments: ["sweep"] + edit + ["--w", "blue=nan"],
      status: .data, says: ["w:blue is not a number: nan"]),
    Case(
      name: "an infinite weight", arguments: ["sweep"] + edit + ["--w", "blue=inf"], status: .data,
      says: ["w:blue is not a number: inf"]),
    Case(
      name: "a million cells",
      arguments: ["sweep"] + edit + ["--tau", "0..1:0.001", "--seed", "1..1000"], status: .data,
      says: ["1 001 000 cells", "--max-cells 1001000"]),
    Case(
      name: "an illegal size", arguments: ["enqueue"] + edit + ["--size", "100x64"], status: .data,
      says: ["not a legal size", "multiples of 16"]),
    Case(
      name: "no such model", arguments: ["enqueue", "--model", "/nowhere", "--prompt", "a circle"],
      status: .missing, says: ["no model at /nowhere", "no such folder"]),
    Case(
      name: "several values where one is meant",
      arguments: ["enqueue"] + edit + ["--tau", "0.2,0.4"], status: .usage,
      says: ["enqueue takes one value of tau", "p2p sweep"]),
    Case(
      name: "no prompt", arguments: ["enqueue", "--model", RealSweep.model], status: .usage,
      says: ["no source prompt"]),
    Case(
      name: "no such sweep", arguments: ["cancel", "99"], status: .missing, says: ["no sweep 99"]),
  ]

  @Test(arguments: cases) func isRefused(_ wrong: Case) throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let ran = try RealSweep.p2p(wrong.arguments, folder.state)
    #expect(ran.status == wrong.status.rawValue, "\(ran.errors)")
    #expect(ran.output.isEmpty)
    for words in wrong.says { #expect(ran.errors.contains(words), "\(ran.errors)") }
    #expect(try SmallSweep.read(folder.state) { try $0.sweeps() }.isEmpty)
    #expect(try SmallSweep.read(folder.state) { try $0.overview().open } == 0)
  }

  @Test func aSweepFileSaysWhere() throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/x.yaml"
    try """
    sweep: x
    model: \(RealSweep.model)
    prompt: a red circle
    axes:
      tau: 0..1.25:0.25
      guidance: 3
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let ran = try RealSweep.p2p(["sweep", file], folder.state)
    #expect(ran.status == Files.ExitStatus.data.rawValue)
    #expect(ran.errors.contains("x.yaml:5:8: tau is outside 0…1: 1.25"), "\(ran.errors)")
    #expect(ran.errors.contains("x.yaml:6:3: unknown axis \"guidance\". Did you mean cfg?"))

    try "sweep: x\nmodel: \(RealSweep.model)\nprompt: a red circle\naxes: {tau: []}\n"
      .write(toFile: file, atomically: true, encoding: .utf8)
    let empty = try RealSweep.p2p(["sweep", file], folder.state)
    #expect(empty.status == Files.ExitStatus.data.rawValue)
    #expect(empty.errors.contains("the grid is empty"), "\(empty.errors)")
  }

  @Test func damagedModelsAreRefusedAtEnqueue() throws {
    let folder = try TemporaryFolder()
    let model = "\(folder.path)/model"
    try FileManager.default.copyItem(atPath: RealSweep.model, toPath: model)
    func enqueue(in state: StateFolder) throws -> (ran: Ran, time: Duration) {
      let start = ContinuousClock.now
      let ran = try RealSweep.p2p(["enqueue", "--model", model, "--prompt", "a circle"], state)
      return (ran, start.duration(to: .now))
    }
    let apart = try TemporaryFolder()
    let whole = try enqueue(in: apart.state)
    #expect(whole.ran.status == 0, "\(whole.ran)")
    func enqueue() throws -> Ran {
      let (ran, time) = try enqueue(in: folder.state)
      #expect(time < whole.time * 3, "\(time); \(whole.time) for a model in order")
      return ran
    }
    let weights = "\(model)/unet/diffusion_pytorch_model.safetensors"
    #expect(truncate(weights, 5_000_000) == 0)
    let cut = try enqueue()
    #expect(cut.status == Files.ExitStatus.data.rawValue)
    #expect(cut.errors.contains("unet/diffusion_pytorch_model.safetensors"), "\(cut.errors)")

    let index = "\(model)/model_index.json"
    let text = try String(contentsOfFile: index, encoding: .utf8)
    try text.replacing("StableDiffusionPipeline", with: "FluxPipeline")
      .write(toFile: index, atomically: true, encoding: .utf8)
    let other = try enqueue()
    #expect(other.status == Files.ExitStatus.data.rawValue)
    #expect(other.errors.contains("FluxPipeline"), "\(other.errors)")

    try FileManager.default.removeItem(atPath: index)
    let none = try enqueue()
    #expect(none.status == Files.ExitStatus.missing.rawValue)
    #expect(none.errors.contains("model_index.json is missing"), "\(none.errors)")
    #expect(try SmallSweep.read(folder.state) { try $0.sweeps() }.isEmpty)
  }

  @Test(.enabled(if: access("/proc/self", W_OK) != 0 || getuid() == 0))
  func aFolderThatCannotBeWrittenIsNamed() throws {
    let ran = try RealSweep.p2p(["status"], StateFolder(path: "/proc/nowhere"))
    #expect([73, 77].contains(ran.status), "\(ran.errors)")
    #expect(ran.errors.contains("/proc/nowhere"), "\(ran.errors)")
  }
}
