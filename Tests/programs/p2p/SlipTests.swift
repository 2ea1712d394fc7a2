import EditJobs
import Foundation
import Testing

/// What people are told who forgot quotes, mistyped a verb or a folder, or use a word that the model
/// does not know; and models of folders beside those of the hub.
@Suite struct SlipTests {
  @Test(arguments: [
    (["enqeue", "--prompt", "x"], "p2p enqueue"), (["models", "lst"], "p2p models list"),
    (["stats"], "p2p status"), (["models", "frobnicate"], "p2p models --help"),
    (["enqueue", "--prompt", "a", "red", "circle", "--to", "b"], "--prompt \"a red circle\""),
    (["enqueue", "--prompt", "a b", "--to", "a", "green", "dog"], "--to \"a green dog\""),
    (["tokens", "a", "red", "circle"], "\"a red circle\""),
  ]) func slipsGetAHint(arguments: [String], hint: String) throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(arguments, folder.state)
    #expect(ran.status == 64)
    #expect(ran.errors.contains("try: ") && ran.errors.contains(hint), "\(ran.errors)")
  }

  /// A slip beside a folder is no name of the hub.
  @Test func aMistypedFolderSuggestsItsNeighbour() throws {
    let folder = try TemporaryFolder()
    let places = "\(folder.path)/places"
    try FileManager.default.createDirectory(atPath: places, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(places)/shapes", withDestinationPath: RealSweep.model)
    for typed in ["\(places)/shape", "shaps"] {
      let ran = try RealSweep.p2p(
        ["enqueue", "--model", typed, "--prompt", "a", "--to", "b"], folder.state,
        environment: ["P2P_MODELS": places])
      #expect(ran.status == 66 && ran.errors.contains("shapes"), "\(ran.errors)")
      #expect(!ran.errors.contains("pull"), "\(ran.errors)")
    }
    // Relative, as `models/mini-shape` beside `models/mini-shapes`.
    let there = try Ran(
      "/bin/sh",
      ["-c", "cd \(folder.path) && exec \(Built.program("p2p")) tokens --model places/shape x"])
    #expect(there.status == 66 && there.errors.contains("--model places/shapes"), "\(there.errors)")
    let hub = try RealSweep.p2p(["tokens", "--model", "nobody/here", "x"], folder.state)
    #expect(hub.errors.contains("p2p models pull nobody/here"), "\(hub.errors)")
  }

  /// A folder is listed where its name works, and shown and checked by path and by name.
  @Test func modelsOfFoldersAreModels() throws {
    let folder = try TemporaryFolder()
    let places = "\(folder.path)/places"
    try FileManager.default.createDirectory(atPath: places, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(places)/shapes", withDestinationPath: RealSweep.model)
    let environment = ["P2P_MODELS": places, "HF_HOME": "\(folder.path)/hub"]
    func models(_ arguments: [String]) throws -> Ran {
      try RealSweep.p2p(["models"] + arguments, folder.state, environment: environment)
    }
    #expect(try models(["list"]).output.contains("shapes"))
    #expect(try models(["list", "--json"]).output.contains("\(places)/shapes"))
    for name in ["shapes", RealSweep.model] {
      let info = try models(["info", name])
      #expect(info.status == 0 && info.output.contains("model_index.json"), "\(info.errors)")
      let verified = try models(["verify", name])
      #expect(verified.status == 0 && verified.output.contains("digest "), "\(verified.errors)")
    }
    let damaged = "\(places)/damaged"
    try FileManager.default.copyItem(atPath: RealSweep.model, toPath: damaged)
    let weights = "\(damaged)/vae/diffusion_pytorch_model.safetensors"
    try #require(FileManager.default.fileExists(atPath: weights))
    try Data("{".utf8).write(to: URL(filePath: weights))
    let ran = try models(["verify", damaged])
    #expect(ran.status != 0 && ran.errors.contains(weights), "\(ran.errors)")
  }

  @Test func wordsThatAreSpelledAreSaid() throws {
    let folder = try TemporaryFolder()
    func enqueue(_ edit: String) throws -> Ran {
      try RealSweep.p2p(
        [
          "enqueue", "--model", RealSweep.model, "--prompt", "a red circle on a white background",
          "--to", edit,
        ], folder.state)
    }
    let known = try enqueue("a green circle on a white background")
    #expect(known.status == 0 && !known.errors.contains("letter by letter"), "\(known.errors)")
    let unknown = try enqueue("a red qwxzv on a white background")
    #expect(unknown.errors.contains("“qwxzv” is spelled letter by letter"), "\(unknown.errors)")
    #expect(!unknown.errors.contains("“red”"))
  }
}
