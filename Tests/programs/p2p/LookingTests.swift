import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import Testing

/// What a finished edit can be asked, through the built programs: a waiting verb runs the daemon.
@Suite(.serialized) struct LookingTests {
  @Test func aFinishedEditAnswersEveryVerb() throws {
    let folder = try TemporaryFolder()
    let out = "\(folder.path)/out"
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--name", "look", "--model", RealSweep.model, "--steps", "5", "--cfg", "3",
        "--prompt", "a red circle next to a blue square on a white background",
        "--to", "a green circle next to a blue square on a yellow background",
        "--blend", "circle -> circle", "--blend-start", "0", "--out", out,
      ], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let pictures = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
    #expect(pictures.count == 3 && pictures.contains("reprompt.png"), "\(pictures)")

    let explained = try RealSweep.p2p(["explain", "look:r1c1"], folder.state)
    #expect(explained.status == 0, "\(explained.errors)")
    for words in ["replace", "tau 0.8 (paper: τ/T = 0.2", "injected cross", "blend", "psnr"] {
      #expect(explained.output.contains(words), "\(words) in \(explained.output)")
    }

    let results = try RealSweep.p2p(["results", "look", "--csv"], folder.state)
    let lines = results.output.split(separator: "\n")
    #expect(lines.count == 3, "\(results.output)\(results.errors)")
    #expect(lines.first?.contains("psnr_outside") == true)

    let grid = "\(folder.path)/grid.png"
    #expect(try RealSweep.p2p(["grid", "look", "-o", grid], folder.state).status == 0)
    let png = try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: grid))))
    #expect(png.pixels.width > 300 && png.pixels.height > 150)
  }

  @Test func mapsThatAreGoneAreMadeAgainWithTheSameBits() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--name", "maps", "--model", RealSweep.model, "--steps", "4", "--sampler",
        "plms",
        "--prompt", "a red circle", "--wait", "--json",
      ], folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let source = try SmallSweep.read(folder.state) { try $0.units(in: .done) }
      .first { $0.kind == .source }
    let key = try #require(source?.key)
    func maps(_ name: String) throws -> Data {
      let file = "\(folder.path)/\(name).safetensors"
      let ran = try RealSweep.p2p(
        ["maps", "s-\(key.short)", "--step", "0", "--site", "down.1.cross", "-o", file],
        folder.state)
      #expect(ran.status == 0, "\(ran.errors)")
      return try Data(contentsOf: URL(filePath: file))
    }
    let stored = try maps("stored")
    try FileManager.default.removeItem(atPath: "\(folder.state.results)/sources/\(key)/maps")
    let again = try maps("again")
    #expect(stored.count > 1000 && stored == again)

    let latents = "\(folder.path)/latents.safetensors"
    let wrote = try RealSweep.p2p(["latents", "s-\(key.short)", "-o", latents], folder.state)
    // Four steps and the noise: what stands between the two passes of the first step is no step.
    #expect(wrote.output.contains("latents [5, 4, 16, 16]"), "\(wrote.output)\(wrote.errors)")
  }

  /// Only root can give a folder to another user.
  @Test(.enabled(if: getuid() == 0)) func aModelTheServiceCannotReadIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.state.create()
    #expect(chown(folder.state.path, 65_534, 65_534) == 0)
    let model = "\(folder.path)/model"
    try FileManager.default.copyItem(atPath: RealSweep.model, toPath: model)
    #expect(chmod(model, 0o700) == 0)
    let ran = try RealSweep.p2p(
      ["enqueue", "--model", model, "--prompt", "a red circle"], folder.state)
    #expect(ran.status == Files.ExitStatus.notAllowed.rawValue, "\(ran.errors)")
    #expect(ran.errors.contains("may not enter \(model)"), "\(ran.errors)")
    #expect(ran.errors.contains("models belong in"), "\(ran.errors)")
  }
}
