import EditJobs
import Foundation
import JobStore
import Testing

/// What the worker would refuse is refused when it is asked for: as options of `enqueue` and of
/// `sweep`, and in a file.
@Suite struct RefusedRequestTests {
  private static let bad: [(settings: [(String, String)], says: String)] = [
    ([("steps", "1000")], "1000 steps are not possible"),
    ([("sampler", "pndm"), ("steps", "1000")], "1000 steps are not possible with PLMS"),
    ([("sampler", "dpmpp_2m"), ("steps", "999")], "999 steps are not possible with DPM++ 2M"),
    ([("steps", "1001")], "not a whole number from 1 to 1000"),
    ([("tau", "0"), ("self_max", "3")], "nothing of the source would enter"),
    ([("tau", "21s")], "outside the run of 20 steps"), ([("size", "100x64")], "not a legal size"),
    ([("w:red", "2@21s")], "outside the run of 20 steps"), ([("w:rde", "2")], "is not in the edit"),
    ([("blend", "circle"), ("blend_start", "30s")], "outside the run of 20 steps"),
    ([("blend", "square")], "\"square\" is not in the source prompt"),
    ([("seed", "18446744073709551616")], "from 0 to 18446744073709551615"),
    ([("image", "/nowhere.png")], "/nowhere.png cannot be read"),
    ([("numerics", "native"), ("dtype", "bf16")], "native"),
  ]

  @Test(arguments: bad.indices) func nothingIsWritten(_ index: Int) throws {
    let (settings, says) = Self.bad[index]
    let folder = try TemporaryFolder()
    try folder.state.create()
    func options(_ name: String, _ value: String) -> [String] {
      name.hasPrefix("w:")
        ? ["--w", "\(name.dropFirst(2))=\(value)"]
        : ["--\(name.replacing("_", with: "-"))", value]
    }
    let common = [("model", RealSweep.model), ("prompt", "a red circle")]
    let named = settings.map(\.0)
    let steps = named.contains("steps") ? [] : [("steps", "20")]
    let all = common + settings + steps
    let file = "\(folder.path)/bad.yaml"
    try all.map { "\"\($0)\": \"\($1)\"\n" }.joined()
      .write(toFile: file, atomically: true, encoding: .utf8)
    for arguments in [
      ["enqueue"] + all.flatMap(options), ["sweep"] + all.flatMap(options), ["sweep", file],
    ] {
      let ran = try RealSweep.p2p(arguments, folder.state)
      #expect([65, 66].contains(ran.status), "\(arguments): \(ran)")
      #expect(ran.errors.contains(says), "\(arguments): \(ran.errors)")
      if arguments.count == 2, !named.contains("image"), !named.contains("dtype") {
        #expect(ran.errors.contains("bad.yaml:"), "\(ran.errors)")
      }
    }
    #expect(try SmallSweep.read(folder.state) { try $0.sweeps() }.isEmpty)
  }

  @Test(arguments: ["prompt", "to", "negative", "w:red", "blend", "image", "model"])
  func aNULIsNoText(_ name: String) throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    let file = "\(folder.path)/bad.yaml"
    let value = name == "w:red" ? "\"2\\0\"" : "\"a \\0 circle\""
    try "\"\(name)\": \(value)\n".write(toFile: file, atomically: true, encoding: .utf8)
    let ran = try RealSweep.p2p(["sweep", file], folder.state)
    #expect(ran.status == 65 && ran.errors.contains("bad.yaml:1:"), "\(ran)")
    #expect(ran.errors.contains("NUL"), "\(ran.errors)")
  }

  /// What is refused by one step less is done.
  @Test func theMostStepsAreDone() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      ["enqueue", "--dry-run", "--model", RealSweep.model, "--prompt", "a red circle"]
        + ["--steps", "999"], folder.state)
    #expect(ran.status == 0, "\(ran)")
  }
}
