import EditJobs
import Foundation
import Imaging
import ResultFiles
import Testing

/// Orders for models of every family, as folders, in shards and as single files.
@Suite(.serialized) struct FamilyOrderTests {
  static let models = ["tiny-sd1", "tiny-sd2", "tiny-sdxl"]

  static func folder(_ model: String) -> String {
    WorkerProcess.root.appending(path: "Tests/engine/Fixtures/models/\(model)").path
  }

  private static func facts(_ model: String, _ more: [String] = []) throws -> ModelFacts {
    let (data, status) = try WorkerProcess(["inspect", model] + more).outputAndStatus()
    guard status == 0 else { throw WorkerTrouble(description: "inspect ended with \(status)") }
    return try JSONDecoder().decode(ModelFacts.self, from: data)
  }

  private struct Case {
    let facts: ModelFacts
    let source: SourceSpec
    let edit: ResolvedEdit

    init(_ model: String) throws {
      facts = try FamilyOrderTests.facts(model)
      source = SourceSpec(
        model: facts.digest, prompt: "a red circle next to a star", seed: 5, steps: 3, guidance: 3,
        width: facts.defaultWidth, height: facts.defaultHeight)
      edit = ResolvedEdit(
        prompt: "a blue circle next to a star", method: .none, steps: 3,
        textLength: facts.textLength, mapper: .identity, cross: StepWindow(0, 3),
        selfWindow: StepWindow(0, 2))
    }

    func order(_ model: String, _ results: WorkerResults, budget: Int64, variant: Bool) -> WorkOrder
    {
      WorkOrder(
        token: 1, model: model, results: results.folder.path, sourceKey: source.key,
        source: source,
        variants: variant
          ? [WorkOrder.Variant(key: edit.key(source: source.key), edit: edit, trunk: nil)] : [],
        mapsBudget: budget)
    }
  }

  /// Maps that were stored and maps that are made again give the same files.
  @Test(arguments: models) func aSourceAndAnEdit(_ model: String) throws {
    let folder = Self.folder(model)
    let test = try Case(folder)
    #expect(test.facts.family == String(model.dropFirst(5)))
    #expect((test.facts.moreTokenizers?.count ?? 0) == (model == "tiny-sdxl" ? 1 : 0))
    #expect(test.facts.weightBytes > 0 && test.facts.laneBytes > 0 && test.facts.multiplyAdds > 0)
    let (stored, again) = (WorkerResults(), WorkerResults())
    for (results, budget) in [(stored, Int64.max), (again, 0)] {
      for variant in [false, true] {
        let order = test.order(folder, results, budget: budget, variant: variant)
        let (status, events) = try results.run(order)
        #expect(status == 0 && events.contains { $0.event == .done }, "\(model)")
        if variant {
          let evaluations = events.compactMap(\.evaluations).reduce(0, +)
          #expect(evaluations == (budget == 0 ? 9 : 6), "\(model): \(evaluations)")
        }
      }
    }
    let key = test.edit.key(source: test.source.key)
    try expectEqual(stored.folder.source(test.source.key), again.folder.source(test.source.key))
    try expectEqual(stored.folder.variant(key), again.folder.variant(key))
  }

  /// The same weights written down in another way are another model with the same pictures.
  @Test(arguments: models, ModelLayout.allCases)
  func everyLayoutDrawsTheSame(_ model: String, _ layout: ModelLayout) throws {
    let place = try TemporaryFolder()
    let whole = Self.folder(model)
    let (name, config) = try layout.write(whole, into: place.path)
    let location = config.map { "\(name)\(name.contains("?") ? "&" : "?")config=\($0)" } ?? name
    let (plain, other) = (try Case(whole), try Case(location))
    #expect(other.facts.family == plain.facts.family)
    // A file's name decides nothing; how tensors are spread over files does, as the files are hashed.
    #expect((other.facts.digest == plain.facts.digest) == (layout == .half))
    #expect(other.facts.weightBytes == plain.facts.weightBytes)
    if let config {
      // Said as an option it is the same.
      #expect(try Self.facts(name, ["--model-config", config]) == other.facts)
    }
    var found: [[PixelBuffer]] = []
    for (test, model) in [(plain, whole), (other, location)] {
      let results = WorkerResults()
      for variant in [false, true] {
        let order = test.order(model, results, budget: .max, variant: variant)
        try #require(try results.run(order).status == 0, "\(model)")
      }
      let folder = results.folder
      let key = test.edit.key(source: test.source.key)
      found.append(
        try [folder.source(test.source.key), folder.variant(key)].map { unit in
          try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: unit.picture)))).pixels
        })
    }
    #expect(found[0] == found[1])
    #expect(found[0][0] != found[0][1], "the edit is another picture")
  }
}
