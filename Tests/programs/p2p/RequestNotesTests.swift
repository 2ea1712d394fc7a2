import Foundation
import JobStore
import Testing

/// Notes on what is asked for: other programs' syntax in prompts, and names that mean another sweep.
@Suite struct RequestNotesTests {
  @Test func otherProgramsSyntaxIsSaidOnce() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      [
        "sweep", "--model", RealSweep.model, "--prompt", "a (red:1.3) circle", "--steps", "4",
        "--to", "a (blue:1.2) circle", "--to", "a [green|blue] circle BREAK (a big one)",
        "--negative", "(ugly:1.5)", "--tau", "0,1",
      ], folder.state)
    #expect(ran.status == 0, "\(ran)")
    let notes = ran.errors.split(separator: "\n").filter { $0.contains("is read as it stands") }
    #expect(notes.count == 3, "\(ran.errors)")
    #expect(notes.contains { $0.contains("(red:1.3)") && $0.contains("--w \"red=1.3\"") })
    #expect(notes.contains { $0.contains("[green|blue]") && $0.contains("--to \"… green …\"") })
    #expect(notes.contains { $0.contains("BREAK") })
    #expect(ran.output == "1\n")

    let plain = try RealSweep.p2p(
      ["enqueue", "--model", RealSweep.model, "--prompt", "a red circle (a big one), 16:9"],
      folder.state)
    #expect(plain.status == 0 && !plain.errors.contains("as it stands"), "\(plain)")
  }

  @Test func aNameThatMeantAGrownSweepIsSaid() throws {
    let folder = try TemporaryFolder()
    func run(_ arguments: [String]) throws -> Ran {
      let ran = try RealSweep.p2p(arguments, folder.state)
      #expect(ran.status == 0, "\(ran)")
      return ran
    }
    let first =
      ["sweep", "--name", "g", "--model", RealSweep.model, "--prompt", "a red circle"]
      + ["--steps", "4", "--tau", "0.25,0.75"]
    #expect(!(try run(first).errors.contains("means this sweep")))
    _ = try run(["sweep", "--grow", "g", "--tau", "0.5"])
    let again = try run(first)
    #expect(again.errors.contains("g means this sweep from now on; sweep 1"), "\(again.errors)")
    #expect(again.errors.contains("has 1 cell that this one has not: p2p status 1"))
    #expect(!(try run(first).errors.contains("means this sweep")), "they have the same cells")
  }
}
