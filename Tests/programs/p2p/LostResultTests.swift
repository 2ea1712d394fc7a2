import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// What the job table calls done and is not on disk is noticed where it is needed, and made again.
@Suite struct LostResultTests {
  /// One way of losing a unit's files.
  enum Loss: String, CaseIterable {
    case folder, emptyPicture, cutMaps, noManifest, sourcePicture, sourceFolder

    func happen(_ folder: StateFolder) throws {
      let manager = FileManager.default
      let kind = self == .sourcePicture || self == .sourceFolder ? "sources" : "variants"
      let base = "\(folder.results)/\(kind)"
      let unit =
        "\(base)/\(try #require(try manager.contentsOfDirectory(atPath: base).sorted().first))"
      switch self {
      case .folder, .sourceFolder: try manager.removeItem(atPath: unit)
      case .emptyPicture: try Data().write(to: URL(filePath: "\(unit)/image.png"))
      case .cutMaps:
        let maps = URL(filePath: "\(unit)/mean-maps.safetensors")
        try Data(contentsOf: maps).prefix(100).write(to: maps)
      case .noManifest: try manager.removeItem(atPath: "\(unit)/manifest.json")
      case .sourcePicture: try manager.removeItem(atPath: "\(unit)/source.png")
      }
    }
  }

  private static let sweep =
    [
      "sweep", "--name", "lost", "--no-reprompt", "--model", RealSweep.model, "--steps", "2",
      "--cfg",
    ]
    + ["1", "--seed", "5", "--prompt", "a red circle on a white background"]
    + ["--to", "a green circle on a white background", "--tau", "0,1"]

  /// A finished sweep, and what its units' files are.
  private func finished() throws -> (TemporaryFolder, [String: Digest]) {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(Self.sweep + ["--wait"], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    return (folder, try RealSweep.digests(folder.state))
  }

  @Test(arguments: Loss.allCases) func waitingMakesItAgain(loss: Loss) throws {
    let (folder, before) = try finished()
    try loss.happen(folder.state)
    #expect(try RealSweep.digests(folder.state) != before)
    let ran = try RealSweep.p2p(["wait", "lost"], folder.state)
    #expect(ran.status == 0 && ran.errors.contains("was lost"), "\(loss): \(ran.errors)")
    #expect(try RealSweep.digests(folder.state) == before, "\(loss)")
    let again = try RealSweep.p2p(["wait", "lost"], folder.state)
    #expect(again.status == 0 && !again.errors.contains("was lost"))
  }

  @Test func resubmittingMakesItAgain() throws {
    let (folder, before) = try finished()
    try Loss.folder.happen(folder.state)
    let ran = try RealSweep.p2p(Self.sweep + ["--wait"], folder.state)
    #expect(
      ran.status == 0 && ran.errors.contains("1 units to make, 2 done already"), "\(ran.errors)")
    #expect(try RealSweep.digests(folder.state) == before)
  }

  @Test func retryingMakesItAgain() throws {
    let (folder, before) = try finished()
    try Loss.emptyPicture.happen(folder.state)
    try Loss.sourcePicture.happen(folder.state)
    let ran = try RealSweep.p2p(["retry", "lost"], folder.state)
    #expect(
      ran.status == 0 && ran.output.contains("2 units wait again"), "\(ran.output)\(ran.errors)")
    #expect(try RealSweep.p2p(["status", "lost"], folder.state).output.contains("waiting"))
    #expect(try RealSweep.p2p(["wait", "lost"], folder.state).status == 0)
    #expect(try RealSweep.digests(folder.state) == before)
  }

  /// One picture is gone, one has other bytes of its size: both are hatched and made again.
  @Test func theGridHatchesIt() throws {
    let (folder, before) = try finished()
    let base = "\(folder.state.results)/variants"
    let units = try FileManager.default.contentsOfDirectory(atPath: base).sorted()
    try FileManager.default.removeItem(atPath: "\(base)/\(units[0])")
    let picture = URL(filePath: "\(base)/\(units[1])/image.png")
    let size = try Data(contentsOf: picture).count
    try FileManager.default.removeItem(at: picture)
    try Data(repeating: 7, count: size).write(to: picture)
    let file = "\(folder.path)/grid.png"
    let ran = try RealSweep.p2p(["grid", "lost", "-o", file], folder.state)
    #expect(ran.status == 0 && FileManager.default.fileExists(atPath: file), "\(ran.errors)")
    #expect(ran.errors.contains("\(units[0]) was lost"), "\(ran.errors)")
    #expect(ran.errors.contains("\(units[1])/image.png cannot be read"), "\(ran.errors)")
    #expect(try RealSweep.p2p(["wait", "lost"], folder.state).status == 0)
    #expect(try RealSweep.digests(folder.state) == before)
  }

  /// A page is written anew: pictures that are gone meanwhile are made again by the daemon.
  @Test func thePageMakesItAgain() throws {
    let (folder, before) = try finished()
    let page = try RealSweep.file("", sweep: "lost", folder.state)
    try FileManager.default.removeItem(atPath: page)
    try Loss.emptyPicture.happen(folder.state)
    try Loss.sourcePicture.happen(folder.state)
    let environment = ["P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results]
    let ran = try Ran(
      Built.program("p2pd"), ["run", "--embedded"], environment)
    #expect(ran.status == 0, "\(ran.errors)")
    #expect(try RealSweep.digests(folder.state) == before, "\(ran.errors)")
    let html = try String(contentsOfFile: page + "index.html", encoding: .utf8)
    #expect(!html.contains("class=\"missing\""))
  }

  /// A results folder without variants is a disk that is not there.
  @Test func aDiskThatIsNotMountedIsNoLoss() throws {
    let (folder, _) = try finished()
    let variants = "\(folder.state.results)/variants"
    try FileManager.default.moveItem(atPath: variants, toPath: variants + "-elsewhere")
    let ran = try RealSweep.p2p(["retry", "lost"], folder.state)
    #expect(ran.status == 66 && ran.errors.contains("mkdir \(variants)"), "\(ran.errors)")
    try FileManager.default.moveItem(atPath: variants + "-elsewhere", toPath: variants)
    #expect(try RealSweep.p2p(["wait", "lost"], folder.state).status == 0)
  }
}
