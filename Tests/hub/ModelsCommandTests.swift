import EditJobs
import Files
import Foundation
import Testing

/// `p2p models` and `--model org/name`, through the built program.
@Suite struct ModelsCommandTests {
  /// A cache of its own, and a hub.
  final class Place {
    let home = FileManager.default.temporaryDirectory.appending(path: "models-\(UUID())").path
    let hub: LyingHub

    init(_ hub: LyingHub) { self.hub = hub }
    deinit { try? FileManager.default.removeItem(atPath: home) }

    func p2p(
      _ arguments: [String], _ more: [String: String] = [:],
      meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> BuiltProgram.Ran {
      let environment = [
        "HF_HOME": home, "HF_ENDPOINT": hub.hub.address, "P2P_STATE": "\(home)/state",
        "HF_HUB_DOWNLOAD_TIMEOUT": "30",
      ]
      return try BuiltProgram.run(
        arguments, environment: environment.merging(more) { $1 }, meanwhile: meanwhile)
    }
  }

  static let bundledFolder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "models/mini-shapes")
    .path

  /// The bundled model as a repository.
  static func bundled() throws -> HubRepository {
    let folder = bundledFolder
    var repository = HubRepository("org/shapes")
    repository.files = [:]
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    for name in names where name.contains(".") {
      let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      repository.files[name] = [UInt8](bytes)
    }
    return repository
  }

  @Test func aModelIsPulledListedVerifiedAndRemoved() throws {
    let place = Place(try LyingHub())
    let empty = try place.p2p(["models", "list"])
    #expect(empty.status == 0 && empty.output.contains("no model in \(place.home)/hub"))
    let pulled = try place.p2p(["models", "pull", "org/mini"])
    #expect(pulled.status == 0, "\(pulled.errors)")
    #expect(pulled.output.contains("org/mini: 12 files, 1.1 MiB, 1.1 MiB fetched now"))
    #expect(pulled.errors.contains("12 files, 1.1 MiB; 1.1 MiB to fetch"), "\(pulled.errors)")
    #expect(!pulled.errors.contains("\u{1B}"), "no control codes where there is no terminal")
    let listed = try place.p2p(["models", "list"])
    #expect(listed.output.contains("org/mini  c0c0c0c0  1.1 MiB"), "\(listed.output)")
    #expect(listed.output.contains("whole"))
    let info = try place.p2p(["models", "info", "org/mini"])
    #expect(info.output.contains("org/mini: StableDiffusionPipeline"), "\(info.output)")
    let verified = try place.p2p(["models", "verify", "org/mini"])
    #expect(verified.status == 0 && verified.output.contains("12 of 12 files"))

    let unasked = try place.p2p(["models", "rm", "org/mini"])
    #expect(unasked.status == ExitStatus.usage.rawValue && unasked.errors.contains("--yes"))
    let dry = try place.p2p(["models", "rm", "--dry-run", "org/mini"])
    #expect(dry.output.hasPrefix("would remove org/mini: 1 revision, 12 blobs"), "\(dry.output)")
    #expect(try place.p2p(["models", "rm", "--yes", "org/mini"]).status == 0)
    let gone = try place.p2p(["models", "info", "org/mini"])
    #expect(gone.status == ExitStatus.missing.rawValue, "\(gone.errors)")
    #expect(gone.errors.contains("try: p2p models pull org/mini"))
  }

  @Test func damageIsFoundDroppedAndRepaired() throws {
    let place = Place(try LyingHub())
    #expect(try place.p2p(["models", "pull", "org/mini"]).status == 0)
    let hash = HubRepository().hash("vae/diffusion_pytorch_model.safetensors")
    let blob = "\(place.home)/hub/models--org--mini/blobs/\(hash)"
    let handle = try #require(FileHandle(forUpdatingAtPath: blob))
    handle.write(Data([9, 9, 9]))
    try handle.close()
    let found = try place.p2p(["models", "verify", "org/mini"])
    #expect(found.status == ExitStatus.data.rawValue)
    #expect(found.errors.contains("vae/diffusion_pytorch_model.safetensors: wrong"))
    #expect(found.errors.contains("try: p2p models verify --drop org/mini && p2p models pull"))
    #expect(try place.p2p(["models", "verify", "--drop", "org/mini"]).status == 65)
    let again = try place.p2p(["models", "pull", "--json", "org/mini"])
    let document = try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any]
    #expect(document?["fetched_bytes"] as? Int == 300_000, "\(again.output)")
    #expect(try place.p2p(["models", "verify", "org/mini"]).status == 0)
  }

  @Test func controlCLeavesWhatTheNextPullGoesOnWith() throws {
    let hash = HubRepository().hash("vae/diffusion_pytorch_model.safetensors")
    let hub = try LyingHub(onStore: { request, count, honest in
      guard request.path == "/\(hash)", count == 0 else { return honest }
      var answer = honest
      answer.stall = (100_000, 5)
      return answer
    })
    let place = Place(hub)
    let partial = "\(place.home)/hub/models--org--mini/blobs/\(hash).p2p.incomplete"
    let stopped = try place.p2p(["models", "pull", "org/mini"]) { process in
      for _ in 0..<300 {
        let size = (try? FileManager.default.attributesOfItem(atPath: partial))?[.size] as? Int
        if size == 100_000 { break }
        usleep(50_000)
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(stopped.isSignalled && stopped.status == SIGINT, "\(stopped.status)")
    #expect(stopped.errors.contains("the same command goes on there"), "\(stopped.errors)")
    let again = try place.p2p(["models", "pull", "org/mini"])
    #expect(again.status == 0)
    #expect(again.errors.contains("goes on behind 98 KiB of 293 KiB"), "\(again.errors)")
    #expect(hub.store.seen.last { $0.path == "/\(hash)" }?.start == 100_000)
    #expect(try place.p2p(["models", "verify", "org/mini"]).status == 0)
  }

  @Test func aGatedModelEndsWith77AndShowsNoToken() throws {
    let hub = try LyingHub(onHub: { request, _, honest in
      request.path.contains("/resolve/")
        ? LyingHub.refusal(403, "GatedRepo", "Access to model org/mini is restricted") : honest
    })
    let ran = try Place(hub).p2p(["models", "pull", "org/mini"], ["HF_TOKEN": "hf_verysecret"])
    #expect(ran.status == ExitStatus.notAllowed.rawValue)
    #expect(ran.errors.contains("org/mini is gated") && ran.errors.contains("accept its terms"))
    #expect(!(ran.output + ran.errors).contains("verysecret"))
  }

  @Test func aPulledModelIsNamedLikeAFolder() throws {
    let place = Place(try LyingHub(try Self.bundled()))
    let pulled = try place.p2p(["models", "pull", "org/shapes"])
    #expect(pulled.status == 0, "\(pulled.errors)")
    place.hub.hub.stop()
    let asked = place.hub.hub.seen.count
    for name in ["org/shapes", "org/shapes@main", "org/shapes@\(HubRepository().commit)"] {
      let tokens = try place.p2p(["tokens", "a red circle", "--model", name])
      #expect(tokens.status == 0 && tokens.output.contains("circle"), "\(tokens.errors)")
    }
    let byVariable = try place.p2p(["tokens", "a red circle"], ["P2P_MODEL": "org/shapes"])
    #expect(byVariable.status == 0, "\(byVariable.errors)")
    let dry = try place.p2p([
      "sweep", "--dry-run", "--model", "org/shapes", "--prompt", "a red circle", "--to",
      "a blue circle", "--tau", "0.2,0.4",
    ])
    #expect(dry.status == 0, "\(dry.errors)")
    let inspected = try BuiltProgram.run(
      ["inspect", "org/shapes"], program: "p2p-worker", environment: ["HF_HOME": place.home])
    #expect(inspected.status == 0 && inspected.output.contains("\"sd1\""))
    let chosen = try BuiltProgram.run(
      ["inspect", "org/shapes?variant=full"], program: "p2p-worker",
      environment: ["HF_HOME": place.home])
    #expect(chosen.status == 0 && chosen.output == inspected.output)
    let missing = try BuiltProgram.run(
      ["bench", "org/other"], program: "p2p-worker", environment: ["HF_HOME": place.home])
    #expect(missing.status == ExitStatus.missing.rawValue)
    #expect(missing.errors.contains("try: p2p models pull org/other"), "\(missing.errors)")
    #expect(place.hub.hub.seen.count == asked, "the network is not touched")
  }

  @Test func aModelThatIsNotHereSaysWhatIs() throws {
    let place = Place(try LyingHub())
    #expect(try place.p2p(["models", "pull", "org/mini"]).status == 0)
    let asked = place.hub.hub.seen.count
    let other = try place.p2p(["tokens", "a", "--model", "org/other@v2"])
    #expect(other.status == ExitStatus.missing.rawValue)
    #expect(other.errors.contains("no model org/other@v2: there is no such folder"))
    #expect(other.errors.contains("there: org/mini"), "\(other.errors)")
    #expect(other.errors.contains("try: p2p models pull org/other@v2"))
    let revision = try place.p2p(["enqueue", "--model", "org/mini@v2", "--prompt", "a"])
    #expect(revision.status == ExitStatus.missing.rawValue)
    #expect(revision.errors.contains("of org/mini there is: main"), "\(revision.errors)")
    #expect(place.hub.hub.seen.count == asked, "the network is not touched")
  }
}
