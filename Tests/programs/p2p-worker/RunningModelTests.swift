import EditJobs
import Foundation
import ResultFiles
import Testing

/// A model's files change while a worker has them loaded.
@Suite(.serialized) struct RunningModelTests {
  /// Enough to come in between.
  private static let steps = 80
  private static let weights = "unet/diffusion_pytorch_model.safetensors"

  /// A model of its own, and orders for it.
  private struct Rig {
    let folder: TemporaryFolder
    let results = WorkerResults()
    let worker: WorkerProcess
    var model: String { "\(folder.path)/model" }
    var weights: String { "\(model)/\(RunningModelTests.weights)" }

    init(threads: Int = 1) throws {
      folder = try TemporaryFolder()
      try FileManager.default.copyItem(
        atPath: WorkerProcess.model, toPath: "\(folder.path)/model")
      worker = try WorkerProcess([
        "serve", "--model", "\(folder.path)/model", "--digest",
        try Inspected.facts().digest.description, "--threads", "\(threads)",
        "--digest-cache", "\(folder.path)/digests.json",
      ])
    }

    func order(token: Int64, edits: [ResolvedEdit] = []) throws -> WorkOrder {
      var order = try results.order(token: token)
      order.model = model
      order.source.steps = RunningModelTests.steps
      order.sourceKey = order.source.key
      order.variants = edits.map {
        WorkOrder.Variant(key: $0.key(source: order.sourceKey), edit: $0, trunk: nil)
      }
      return order
    }

    func edit(weight: Double) throws -> ResolvedEdit {
      var edit = try WorkerResults.edit(tau: 2)
      edit.steps = RunningModelTests.steps
      edit.cross = StepWindow(0, 4)
      edit.weights = [.init(token: 2, value: weight, window: StepWindow(0, edit.steps))]
      return edit
    }

    /// Stops the worker in the middle of an order, does something, and lets it go on.
    func inTheMiddle(_ body: () throws -> Void) throws {
      try worker.read { $0.event == .step && ($0.pass ?? 0) >= 2 }
      worker.kill(with: SIGSTOP)
      try body()
      worker.kill(with: SIGCONT)
    }

    func end() throws {
      try worker.closeInput()
      _ = try worker.finish()
    }
  }

  /// The source as it is where nobody touches the model.
  private static let undisturbed = Result {
    let rig = try Rig(threads: 2)
    let order = try rig.order(token: 1)
    try rig.worker.send(.order(order))
    try rig.worker.read { $0.event == .done }
    try rig.end()
    return try contents(rig.results.folder.source(order.sourceKey))
  }

  private func expectUndisturbed(_ rig: Rig) throws {
    let (calm, found) = (
      try Self.undisturbed.get(),
      try contents(rig.results.folder.source(try rig.order(token: 1).sourceKey))
    )
    #expect(found.keys.sorted() == calm.keys.sorted() && found["manifest.json"] != nil)
    for (name, bytes) in calm {
      let isEqual = found[name] == bytes
      #expect(isEqual, "\(name) differs")
    }
  }

  @Test func otherStampsOfTheSameBytesChangeNothing() throws {
    let rig = try Rig()
    try rig.worker.send(.order(try rig.order(token: 1)))
    try rig.inTheMiddle {
      #expect(chmod(rig.weights, 0o600) == 0)
      try FileManager.default.linkItem(
        atPath: rig.weights, toPath: "\(rig.folder.path)/backup")
      // And a copy that takes the place of the first.
      let index = "\(rig.model)/model_index.json"
      try Data(contentsOf: URL(filePath: index)).write(to: URL(filePath: index), options: .atomic)
    }
    let last = try rig.worker.read { $0.event == .idle || $0.event == .failed }
    #expect(last.event == .idle, "\(last)")
    #expect(rig.worker.events.contains { $0.event == .done })
    try rig.end()
    try expectUndisturbed(rig)
  }

  @Test func otherBytesEndTheAttemptAndTheOldOnesGoOn() throws {
    let rig = try Rig()
    let order = try rig.order(token: 1)
    try rig.worker.send(.order(order))
    try rig.inTheMiddle { try QuietChange.change(rig.weights) }
    let failed = try rig.worker.read { [.failed, .done].contains($0.event) }
    #expect(failed.event == .failed && failed.code == "model-changed")
    #expect(failed.transient == true && failed.token == 1)
    #expect(failed.message?.contains("asked for was \(order.source.model)") == true)
    let pass = try #require(failed.pass)
    #expect(pass >= 2 && pass < Self.steps)
    try rig.worker.read { $0.event == .idle }

    // As long as the other bytes lie there, nothing goes on.
    try rig.worker.send(.order(try rig.order(token: 2)))
    let again = try rig.worker.read { [.failed, .step].contains($0.event) }
    #expect(again.code == "model-changed" && again.pass == pass && again.message == failed.message)
    try rig.worker.read { $0.event == .idle }

    try QuietChange.change(rig.weights)
    try rig.worker.send(.order(try rig.order(token: 3)))
    let begun = try rig.worker.read { $0.event == .begun }
    #expect(begun.pass == pass)
    #expect(try rig.worker.read { [.failed, .done].contains($0.event) }.event == .done)
    try rig.end()
    try expectUndisturbed(rig)
  }

  @Test func aFileThatGoesEndsTheAttemptToo() throws {
    let rig = try Rig()
    try rig.worker.send(.order(try rig.order(token: 1)))
    let (config, aside) = ("\(rig.model)/vae/config.json", "\(rig.folder.path)/aside")
    try rig.inTheMiddle { try FileManager.default.moveItem(atPath: config, toPath: aside) }
    let failed = try rig.worker.read { [.failed, .done].contains($0.event) }
    #expect(failed.code == "model-changed" && failed.transient == true)
    #expect(failed.message?.contains(config) == true, "\(failed.message ?? "")")
    try FileManager.default.moveItem(atPath: aside, toPath: config)
    try rig.worker.send(.order(try rig.order(token: 2)))
    #expect(
      try rig.worker.read { [.failed, .done].contains($0.event) && $0.token == 2 }.event == .done)
    try rig.end()
    try expectUndisturbed(rig)
  }

  /// None of an order's variants is said to fail for another reason, those that wait for room included.
  @Test func variantsEndTogether() throws {
    let rig = try Rig()
    try rig.worker.send(.order(try rig.order(token: 1)))
    try rig.worker.read { $0.event == .done }
    try rig.worker.read { $0.event == .idle }
    let edits = try [1.5, 2.0, 2.5].map(rig.edit)
    var order = try rig.order(token: 2, edits: edits)
    // The last one is a fork of the first, far from its end.
    order.variants[2].trunk = WorkOrder.Trunk(key: order.variants[0].key, step: Self.steps - 1)
    try rig.worker.send(.order(order))
    try rig.inTheMiddle { try QuietChange.change(rig.weights) }
    try rig.worker.read { $0.event == .idle && $0.token == 2 }
    let ends = rig.worker.events.filter { $0.token == 2 && [.failed, .done].contains($0.event) }
    #expect(Set(ends.compactMap(\.unit)) == Set(order.units))
    #expect(ends.count == 3 && ends.allSatisfy { $0.code == "model-changed" }, "\(ends)")
    try rig.end()
  }
}
