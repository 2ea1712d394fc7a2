import EditJobs
import Foundation
import JobStore
import Testing

/// The request that a sweep's folder keeps is a sweep file: it asks for the same again.
@Suite(.serialized) struct ResubmissionTests {
  private static let request =
    ["sweep", "--name", "again", "--model", RealSweep.model, "--steps", "3", "--cfg", "3"]
    + ["--prompt", "a red circle next to a blue square on a white background"]

  @Test(arguments: [
    ["--to", "a green circle next to a blue square on a white background"]
      + ["--tau", "0.4,1", "--w", "green=-1,2", "--self-tau", "[0.2,0.8]", "--seed", "7"],
    // Several texts, an axis of one value's name in quotes, an exclusion, a window in steps.
    ["--to", "a green circle next to a \"blue\" square", "--to", "a red ball: on a white table"]
      + ["--tau", "2s", "--seed", "1..3:1", "--exclude", "seed=2", "--negative", "blurry # text"],
    ["--to", "a red circle next to a green square on a white background"]
      + ["--sampler", "ddim,euler", "--blend", "blue -> green", "--tau", "1", "--no-reprompt"]
      + ["--priority", "3", "--self-max", "8"],
  ])
  func theSameAgainRunsNothing(more: [String]) async throws {
    let folder = try TemporaryFolder()
    let first = try RealSweep.p2p(Self.request + more + ["--json"], folder.state)
    #expect(first.status == 0, "\(first.errors)")
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 240) == 0, "\(daemon.log.text)")

    let file = try RealSweep.file("sweep.yaml", sweep: "again", folder.state)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let second = try RealSweep.p2p(["sweep", file], folder.state)
    #expect(second.status == 0, "\(text)\n\(second.errors)")
    #expect(second.errors.contains("; 0 units to make"), "\(text)\n\(second.errors)")
    let (one, two, requests) = try SmallSweep.read(folder.state) { store in
      (
        try store.sweep(1), try store.sweep(2),
        [try store.request(of: 1), try store.request(of: 2)]
      )
    }
    #expect(requests[0] == requests[1], "\(text)")
    #expect(one.cells.map(\.variant.key) == two.cells.map(\.variant.key))
    #expect(one.axes == two.axes)
  }

  @Test func axesThatVaryTogetherKeepTheirPlaces() async throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/zip.yaml"
    try """
    sweep: again
    model: \(RealSweep.model)
    prompt: a red circle next to a blue square on a white background
    to: a green circle next to a blue square on a white background
    steps: 3
    cfg: 3
    zip:
      - seed: [1, 2]
        tau: [0.4, 1]
    w:green: [1, 2]
    """.write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try RealSweep.p2p(["sweep", file], folder.state).status == 0)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    #expect(await daemon.ended(within: 240) == 0, "\(daemon.log.text)")
    let kept = try RealSweep.file("sweep.yaml", sweep: "again", folder.state)
    let again = try RealSweep.p2p(["sweep", kept], folder.state)
    #expect(again.errors.contains("; 0 units to make"), "\(again.errors)")
    let axes = try SmallSweep.read(folder.state) { try [$0.sweep(1).axes, $0.sweep(2).axes] }
    #expect(axes[0] == axes[1] && axes[0].map(\.name) == ["seed", "w:green"])
  }
}
