import EditJobs
import Files
import Foundation
import ResultFiles
import Testing

@Suite(.serialized) struct WorkerRefusalTests {
  private struct Refusal: Decodable { var error: EditError }

  @Test func ordersThatDoNotFitAreRefusedAndTheWorkerGoesOn() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve()
    worker.send(line: "this is no command")
    let garbage = try worker.read { $0.event == .failed }
    #expect(garbage.code == "bad-command" && garbage.token == nil)
    worker.send(line: #"{"order": {"token": 3, "model": 5}}"#)
    let half = try worker.read { $0.event == .failed }
    #expect(half.code == "bad-command" && half.token == 3)
    #expect(try worker.read { $0.event == .idle }.token == 3)

    var other = try results.order(token: 4)
    other.source.model = Digest(of: [1])
    try worker.send(.order(other))
    #expect(try worker.read { $0.event == .failed }.code == "model-mismatch")
    try worker.read { $0.event == .idle }

    var native = try results.order(token: 5)
    native.source.numerics = Numerics(mode: .native, kernels: "another CPU")
    try worker.send(.order(native))
    #expect(try worker.read { $0.event == .failed }.code == "numerics-mismatch")

    var wrong = try results.order(token: 6, [try WorkerResults.edit(tau: 2)])
    wrong.variants[0].key = Key(Digest(of: [2]))
    try worker.send(.order(wrong))
    let failed = try worker.read { $0.event == .failed }
    #expect(failed.code == "key-mismatch" && failed.transient == false)

    var size = try results.order(token: 7)
    size.source.width = 60
    size.sourceKey = size.source.key
    try worker.send(.order(size))
    #expect(try worker.read { $0.event == .failed }.code == "image-size")

    var long = try results.order(token: 8)
    long.source.prompt = Array(repeating: "circle", count: 40).joined(separator: " ")
    long.sourceKey = long.source.key
    try worker.send(.order(long))
    #expect(try worker.read { $0.event == .failed }.code == "prompt-too-long")

    try worker.send(.order(try results.order(token: 9)))
    try worker.read { $0.event == .done && $0.token == 9 }
    try worker.closeInput()
    _ = try worker.finish()
  }

  @Test func variantsWaitForAWholeSource() throws {
    let results = WorkerResults()
    let order = try results.order([try WorkerResults.edit(tau: 2)])
    let (status, events) = try results.run(order)
    #expect(status == 75)
    let failed = try #require(events.first { $0.event == .failed })
    #expect(failed.code == "source-missing" && failed.transient == true)

    try results.run(try results.order())
    try Data([1]).write(to: URL(filePath: try results.source().file("source.json")))
    #expect(try results.run(order).status == 75, "the source's manifest does not verify")
    try results.run(try results.order())
    #expect(try results.run(order).status == 0, "the source was repaired by running it again")
  }

  @Test func badFilesAndOptionsHaveTheirExitCodes() throws {
    func status(_ arguments: [String]) throws -> Int32 {
      try WorkerProcess(arguments).outputAndStatus().1
    }
    let folder = FileManager.default.temporaryDirectory
    let bad = folder.appending(path: "bad-\(UUID().uuidString).json")
    try Data("{}".utf8).write(to: bad)
    defer { try? FileManager.default.removeItem(at: bad) }
    #expect(try status(["run", "/nowhere/order.json"]) == 66)
    #expect(try status(["run", bad.path]) == 65)
    #expect(try status(["serve", "--model", WorkerProcess.model, "--digest", "12"]) == 64)
    #expect(try status(["bench", WorkerProcess.model, "--steps", "0"]) == 64)
    let other = Digest(of: [1]).description
    #expect(try status(["serve", "--model", WorkerProcess.model, "--digest", other]) == 65)
  }

  @Test func inspectNamesWhatIsWrongWithAModel() throws {
    let files = FileManager.default
    let copy = files.temporaryDirectory.appending(path: "model-\(UUID().uuidString)")
    try files.copyItem(at: URL(filePath: WorkerProcess.model), to: copy)
    defer { try? files.removeItem(at: copy) }
    func refusal(_ arguments: [String] = []) throws -> (EditError, Int32) {
      let (data, status) = try WorkerProcess(["inspect", copy.path] + arguments).outputAndStatus()
      return (try JSONDecoder().decode(Refusal.self, from: data).error, status)
    }
    let size = try refusal(["--size", "64x60"])
    #expect(size.0.code == "image-size" && size.1 == 65 && size.0.hint == "height 64 and width 64")

    let weights = copy.appending(path: "unet/diffusion_pytorch_model.safetensors")
    let whole = try Data(contentsOf: weights)
    try whole.prefix(whole.count / 2).write(to: weights)
    let cut = try refusal()
    #expect(cut.0.code == "model-damaged" && cut.1 == 65)
    #expect(cut.0.what.contains("unet/diffusion_pytorch_model.safetensors"))
    try whole.write(to: weights)

    let index = copy.appending(path: "model_index.json")
    try Data(#"{"_class_name": "FluxPipeline"}"#.utf8).write(to: index)
    let flux = try refusal()
    #expect(flux.0.code == "model-unsupported" && flux.0.what.contains("FluxPipeline"))
    try files.removeItem(at: index)
    let missing = try refusal()
    #expect(missing.0.code == "model-missing" && missing.1 == 66)
    #expect(missing.0.what.contains("model_index.json"))
  }
}
