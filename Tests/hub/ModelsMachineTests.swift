import EditJobs
import Files
import Foundation
import Testing

/// What `p2p models` says to programs, variants and revisions, and a whole run of a model by its name.
@Suite struct ModelsMachineTests {
  private typealias Place = ModelsCommandTests.Place

  private func json(_ ran: BuiltProgram.Ran) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any],
      "\(ran.output)\(ran.errors)")
  }

  @Test func everyAnswerIsThereAsJSON() throws {
    let place = Place(try LyingHub())
    let commit = HubRepository().commit
    let empty = try json(place.p2p(["models", "list", "--json"]))
    #expect(empty["schema"] as? String == "p2p.models/1")
    #expect((empty["items"] as? [Any])?.isEmpty == true)
    let pulled = try json(place.p2p(["models", "pull", "--json", "org/mini"]))
    #expect(pulled["commit"] as? String == commit && pulled["files"] as? Int == 12)

    let list = try json(place.p2p(["models", "list", "--json"]))
    let item = try #require((list["items"] as? [[String: Any]])?.first)
    #expect(item["name"] as? String == "org/mini" && item["commit"] as? String == commit)
    #expect(item["folder"] as? String == pulled["folder"] as? String)
    #expect((item["problems"] as? [Any])?.isEmpty == true)

    let info = try json(place.p2p(["models", "info", "--json", "org/mini"]))
    #expect(info["schema"] as? String == "p2p.models-info/1")
    #expect(info["pipeline"] as? String == "StableDiffusionPipeline")
    #expect((info["refs"] as? [String: String])?["main"] == commit)
    #expect(info["bytes"] as? Int == pulled["bytes"] as? Int)
    #expect((info["items"] as? [Any])?.count == 12)

    let verified = try json(place.p2p(["models", "verify", "--json", "org/mini"]))
    #expect(verified["schema"] as? String == "p2p.models-verify/1")
    let verdicts = (verified["items"] as? [[String: String]])?.compactMap { $0["verdict"] }
    #expect(verdicts == Array(repeating: "right", count: 12))

    let dry = try json(place.p2p(["models", "rm", "--json", "--dry-run", "org/mini"]))
    #expect(dry["removed"] as? Bool == false && dry["blobs"] as? Int == 12)
    let gone = try json(place.p2p(["models", "rm", "--json", "--yes", "org/mini"]))
    #expect(gone["removed"] as? Bool == true && gone["commits"] as? [String] == [commit])
    let after = try json(place.p2p(["models", "list", "--json"]))
    #expect((after["items"] as? [Any])?.isEmpty == true)
  }

  /// Weights of the variant where a part has them, the plain ones elsewhere.
  @Test func aVariantIsPulled() throws {
    let place = Place(try LyingHub())
    let pulled = try json(
      place.p2p(["models", "pull", "--variant", "fp16", "--json", "org/mini"]))
    let info = try json(place.p2p(["models", "info", "--json", "org/mini"]))
    let files = (info["items"] as? [[String: Any]])?.compactMap { $0["path"] as? String } ?? []
    let weights = files.filter { $0.hasSuffix(".safetensors") }
    #expect(
      weights == [
        "text_encoder/model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.fp16.safetensors",
      ], "\(files)")
    #expect(pulled["files"] as? Int == files.count)
    #expect((info["problems"] as? [Any])?.isEmpty == true, "a run could use it")
    let none = try place.p2p(["models", "pull", "--variant", "bf16", "org/mini"])
    #expect(none.status == ExitStatus.data.rawValue, "\(none.errors)")
    #expect(none.errors.contains("no weights of the variant bf16"), "\(none.errors)")
    #expect(none.errors.contains("its variants: fp16"), "\(none.errors)")
  }

  /// What `pull` fetches is what `--model` takes, for any variant and any revision, and the other way
  /// round what is refused is refused by both.
  @Test func aVariantIsNamedWherePulledOnesAre() throws {
    var repository = try ModelsCommandTests.bundled()
    for name in ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model"] {
      repository.files["\(name).bf16.safetensors"] = repository.files["\(name).safetensors"]
    }
    let place = Place(try LyingHub(repository))
    let commit = repository.commit
    let pulled = try place.p2p(["models", "pull", "org/shapes@\(commit)", "--variant", "bf16"])
    #expect(pulled.status == 0, "\(pulled.errors)")
    #expect(try place.p2p(["models", "pull", "org/shapes?variant=bf16"]).status == 0)
    place.hub.hub.stop()
    func inspect(_ model: String) throws -> BuiltProgram.Ran {
      try BuiltProgram.run(
        ["inspect", model], program: "p2p-worker", environment: ["HF_HOME": place.home])
    }
    for name in ["org/shapes", "org/shapes@\(commit)", "org/shapes@main"] {
      // The variant alone is there, so that it is taken unnamed too.
      for setting in ["", "?variant=bf16", "?prediction=v_prediction&variant=bf16"] {
        let found = try inspect(name + setting)
        #expect(
          found.status == 0 && found.output.contains("model.bf16.safetensors"), "\(found.output)")
        let tokens = try place.p2p(["tokens", "a red circle", "--model", name + setting])
        #expect(tokens.status == 0, "\(tokens.errors)")
      }
    }
    for verb in ["info", "verify"] {
      let right = try place.p2p(["models", verb, "org/shapes?variant=bf16"])
      #expect(
        right.status == 0 && !right.output.contains("lacks"), "\(right.output)\(right.errors)")
    }
    let dry = try place.p2p([
      "sweep", "--dry-run", "--model", "org/shapes?variant=bf16", "--prompt", "a red circle",
      "--to",
      "a blue circle", "--tau", "0.2,0.4",
    ])
    #expect(dry.status == 0, "\(dry.errors)")
    for ran in [
      try place.p2p(["tokens", "a", "--model", "org/shapes?variant=fp8"]),
      try inspect("org/shapes?variant=fp8"),
      try place.p2p(["models", "pull", "org/shapes?variant=fp8"], ["HF_HUB_OFFLINE": "1"]),
    ] {
      #expect(ran.status != 0, "\(ran.output)")
    }
    let missing = try place.p2p(["tokens", "a", "--model", "org/shapes?variant=fp8"])
    #expect(missing.errors.contains("no weights of the variant fp8"), "\(missing.errors)")
    #expect(missing.errors.contains("try: p2p models pull org/shapes --variant fp8"))
    let two = try place.p2p(["models", "pull", "org/shapes?variant=bf16", "--variant", "fp16"])
    #expect(two.status == ExitStatus.usage.rawValue && two.errors.contains("two variants"))
  }

  /// One of two revisions goes, and the other one can still be used.
  @Test func oneRevisionIsRemoved() throws {
    let place = Place(try LyingHub())
    let commit = HubRepository().commit
    #expect(try place.p2p(["models", "pull", "org/mini"]).status == 0)
    var next = HubRepository(commit: String(repeating: "d1", count: 20))
    next.files["unet/config.json"] = Array("{\"b\": 4}".utf8)
    let second = try LyingHub(next)
    let moved = try place.p2p(
      ["models", "pull", "org/mini"], ["HF_ENDPOINT": second.hub.address])
    #expect(moved.status == 0, "\(moved.errors)")
    let listed = try place.p2p(["models", "list"]).output
    #expect(listed.contains(/org\/mini +d1d1d1d1/) && listed.contains("org/mini@\(commit)"))
    let removed = try place.p2p(["models", "rm", "--yes", "org/mini@\(commit)"])
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(removed.output.hasPrefix("removed org/mini@\(commit): 1 revision, 1 blobs"))
    #expect(try place.p2p(["models", "verify", "org/mini"]).status == 0)
    let gone = try place.p2p(["models", "rm", "--yes", "org/mini@\(commit)"])
    #expect(gone.status == ExitStatus.missing.rawValue, "\(gone.errors)")
  }

  /// From a name to pictures, offline; the same model as a folder has the same sources already.
  @Test func aRunOfAPulledModelIsFinished() throws {
    let place = Place(try LyingHub(try ModelsCommandTests.bundled()))
    #expect(try place.p2p(["models", "pull", "org/shapes"]).status == 0)
    place.hub.hub.stop()
    let asked = place.hub.hub.seen.count
    let results = ["P2P_RESULTS": "\(place.home)/results", "HF_HUB_OFFLINE": "1"]
    func enqueue(_ model: String, _ name: String) throws -> BuiltProgram.Ran {
      try place.p2p(
        [
          "enqueue", "--wait", "--name", name, "--model", model, "--steps", "2", "--cfg", "1",
          "--prompt", "a red circle", "--to", "a blue circle",
        ], results)
    }
    let named = try enqueue("org/shapes", "named")
    #expect(named.status == 0, "\(named.errors)")
    for picture in ["source.png", "grid.png", "cells/cell.png"] {
      let path = "\(place.home)/results/sweeps/named-1/\(picture)"
      #expect(FileManager.default.fileExists(atPath: path), "\(picture)")
    }
    let folder = try enqueue(ModelsCommandTests.bundledFolder, "folder")
    #expect(folder.status == 0 && folder.errors.contains("0 units to make"), "\(folder.errors)")
    #expect(place.hub.hub.seen.count == asked, "the network is not touched")
  }
}
