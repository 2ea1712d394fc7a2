import EditJobs
import Foundation
import JobStore
import Testing

/// Cells are called by their coordinates wherever a name is kept: a grid that grows renames none.
@Suite struct CellNameTests {
  private struct Cell: Decodable {
    var cell: String
    var variant: String
  }
  private struct Sweep: Decodable { var cells: [Cell] }

  private func run(_ arguments: [String], _ folder: TemporaryFolder) throws -> Ran {
    let ran = try RealSweep.p2p(arguments, folder.state, environment: ["NO_COLOR": "1"])
    #expect(ran.status == 0, "\(arguments): \(ran)")
    return ran
  }

  private func names(_ folder: TemporaryFolder) throws -> [String: String] {
    let json = try run(["status", "g", "--json"], folder).output
    let sweep = try JSONDecoder().decode(Sweep.self, from: Data(json.utf8))
    return Dictionary(uniqueKeysWithValues: sweep.cells.map { ($0.cell, $0.variant) })
  }

  @Test func growingRenamesNoCell() throws {
    let folder = try TemporaryFolder()
    _ = try run(
      ["sweep", "--name", "g", "--no-reprompt", "--model", RealSweep.model, "--steps", "4"]
        + ["--prompt", "a red circle", "--tau", "0.25,0.75", "--w", "red=1,2@[0.5,1]"], folder)
    let before = try names(folder)
    #expect(
      Set(before.keys) == [
        "tau=0.25,w:red=1", "tau=0.75,w:red=1", "tau=0.25,w:red=2@[0.5,1]",
        "tau=0.75,w:red=2@[0.5,1]",
      ])
    _ = try run(["sweep", "--grow", "g", "--tau", "0.5"], folder)
    let after = try names(folder)
    #expect(after.count == 6)
    for (name, variant) in before {
      #expect(after[name] == variant, "\(name)")
      // And each name is taken where a cell is named.
      let shown = try run(["explain", "g:\(name)"], folder).output
      #expect(shown.contains("v-\(variant.prefix(6))"), "\(name): \(shown)")
    }
    let table = try run(["results", "g", "--csv"], folder).output
    for name in after.keys { #expect(table.contains(name), "\(name)") }
    let weight = after.first { $0.key.contains("@") && $0.key.contains("0.75") }
    let explained = try run(["explain", "g:\(try #require(weight).key)"], folder).output
    #expect(explained.contains("×2") && explained.contains("2 – 4"), "\(explained)")
  }

  /// Copied pictures too: the same file is the same cell.
  @Test func copiesAreCalledByCoordinates() throws {
    let folder = try TemporaryFolder()
    let out = "\(folder.path)/out"
    let request =
      ["sweep", "--name", "g", "--no-reprompt", "--model", RealSweep.model, "--steps", "2"]
      + ["--cfg", "1", "--prompt", "a red circle", "--to", "a blue circle", "--out", out]
    _ = try run(request + ["--tau", "0,1", "--w", "blue=1,3@[0.5,1]"], folder)
    func pictures() throws -> [String: Data] {
      let files = try FileManager.default.contentsOfDirectory(atPath: out)
      return Dictionary(
        uniqueKeysWithValues: files.map {
          ($0, FileManager.default.contents(atPath: "\(out)/\($0)") ?? Data())
        })
    }
    let before = try pictures()
    #expect(before.keys.contains("tau0_w-blue3-0.5-1.png"), "\(before.keys.sorted())")
    _ = try run(["sweep", "--grow", "g", "--tau", "0.5", "--out", out], folder)
    let after = try pictures()
    #expect(after.count == before.count + 2)
    for (name, bytes) in before { #expect(after[name] == bytes, "\(name)") }

    let watched = try run(["watch", "all"], folder).output
    #expect(watched.contains("7/7 cells") || watched.contains("6/6 cells"), "\(watched)")
    let table = try run(["results", "g"], folder).output
    #expect(table.contains(" of ") && table.contains(" %"), "\(table)")
  }

  @Test func watchAllCountsEverySweep() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("a", "1"), ("b", "2")] {
      _ = try run(
        ["enqueue", "--name", name, "--no-reprompt", "--model", RealSweep.model, "--steps", "2"]
          + ["--cfg", "1", "--prompt", "a red circle", "--to", "a blue circle", "--seed", seed],
        folder)
    }
    let all = try run(["watch", "all"], folder).output
    #expect(all.contains("8/8 steps, 2/2 cells"), "\(all)")
    let one = try run(["watch", "a"], folder).output
    #expect(one.contains("4/4 steps, 1/1 cells"), "\(one)")
  }

  @Test func aCancelledSweepIsNotDone() throws {
    let folder = try TemporaryFolder()
    _ = try run(
      ["sweep", "--name", "g", "--model", RealSweep.model, "--steps", "2", "--no-reprompt"]
        + ["--cfg", "1", "--prompt", "a red circle", "--to", "a blue circle", "--tau", "0,0.5,1"],
      folder)
    _ = try run(["cancel", "g:tau=0"], folder)
    _ = try run(["cancel", "g:tau=0.5"], folder)
    let ran = try RealSweep.p2p(["wait", "g"], folder.state)
    #expect(ran.status == 1, "\(ran)")
    let status = try run(["status"], folder).output
    let line = try #require(status.split(separator: "\n").first { $0.contains(" g ") })
    #expect(line.contains("cancelled") && line.contains("1/3") && line.contains("33 %"), "\(line)")
  }
}
