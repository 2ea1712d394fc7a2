import EditJobs
import Files
import Foundation
import HubCache
import JobStore
import Planner
import Submissions
import Testing

/// Requests are priced, submitted and grown without a program, for a model that is made up.
@Suite struct SubmitterTests {
  private struct MadeUp: ModelInspector {
    var facts: ModelFacts

    func model(_ folder: String, size: PictureSize?) async throws -> Inspection {
      Inspection(facts: facts, files: [], cache: nil, isLasting: false)
    }

    func machine() async throws -> NativeSupport { .missing("nobody has looked") }
  }

  /// A job table, a model's folder, and who submits to the one with the other.
  private struct Rig {
    let table: JobTable
    let submitter: Submitter
    let model: String
    var store: JobStore { table.store }

    init() throws {
      table = try JobTable()
      model = table.folder.path + "/model"
      try FileManager.default.createDirectory(atPath: model, withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: URL(filePath: model + "/model_index.json"))
      var facts = PlannedSweep.facts
      facts.tokenizer = Vocabulary.folder("tiny-sd1")
      submitter = Submitter(
        table.folder, settings: try Configuration(environment: ["HOME": table.folder.path]),
        cache: HubCache(table.folder.path + "/hub"), inspector: MadeUp(facts: facts))
    }

    /// Two taus of one edit.
    func request() throws -> SweepRequest {
      try PlannedSweep.request(
        ("model", model), ("to", "a dog wearing a crown"), ("tau", "0.25,0.5"))
    }

    func plan(_ request: SweepRequest, isTrial: Bool = false) async throws -> PlannedSubmission {
      try await submitter.plan(
        request, submitter.models(of: request, config: nil), store: store, isTrial: isTrial)
    }
  }

  private func object(_ value: some Encodable) throws -> [String: Any] {
    let data = try JSONEncoder().encode(value)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func aPriceWritesNothingAndSaysWhatComes() async throws {
    let rig = try Rig()
    let price = try await rig.plan(rig.request(), isTrial: true).price(in: rig.store, owner: 1)
    #expect(try rig.store.sweeps().isEmpty)
    #expect(price.estimate.newSources == 1 && price.estimate.cells == 2 && price.seconds == nil)
    let outcome = try await rig.plan(rig.request()).submit(to: rig.store, owner: 1, now: 5)
    #expect(outcome.submitted.created && outcome.lost.isEmpty)
    let rehearsal = try #require(price.rehearsal)
    #expect(Set(outcome.submitted.newUnits) == Set(rehearsal.newUnits))

    let shown = try object(PriceJSON(price))
    #expect(shown["schema"] as? String == "p2p.dry-run/1" && shown["dtype"] as? String == "f32")
    #expect(
      Set(shown.keys) == ["schema", "name", "dtype", "numerics", "axes", "estimate", "remarks"])
    let submitted = try object(outcome.view)
    #expect(submitted["schema"] as? String == "p2p.submitted/1")
    #expect(
      Set(submitted.keys) == [
        "schema", "id", "name", "created", "cells", "units", "guided_steps", "dtype", "numerics",
      ])
    #expect(submitted["guided_steps"] as? Int == price.estimate.guidedSteps)
  }

  @Test func aSweepGrowsByValuesOfItsAxes() async throws {
    let rig = try Rig()
    let sweep = try await rig.plan(rig.request()).submit(to: rig.store, owner: 1, now: 5)
      .submitted.sweep
    let growth = try Growth(of: String(sweep), by: [("tau", ["0.75"])], in: rig.store)
    #expect(growth.sweep == sweep)
    let price = try await rig.plan(growth.request, isTrial: true)
      .price(in: rig.store, growing: sweep, owner: 1)
    let grown = try await rig.plan(growth.request)
      .submit(to: rig.store, growing: sweep, owner: 1, now: 6).submitted
    let rehearsal = try #require(price.rehearsal)
    #expect(grown.sweep == sweep && Set(grown.newUnits) == Set(rehearsal.newUnits))
    #expect(try rig.store.sweep(sweep).cells.count { $0.role == .cell } == 3)
    let error = #expect(throws: EditError.self) {
      try Growth(of: "all", by: [], in: rig.store)
    }
    #expect(error?.code == "not-a-sweep")
  }

  @Test func whatIsShownIsWhatTheVerbsPrint() async throws {
    let rig = try Rig()
    let sweep = try await rig.plan(rig.request()).submit(to: rig.store, owner: 1, now: 5)
      .submitted.sweep
    let detail = try rig.store.sweep(sweep)
    let shown = try object(SweepDetailJSON(detail))
    let cells = try #require(shown["cells"] as? [[String: Any]])
    let cell = try #require(cells.first)
    #expect(shown["schema"] as? String == "p2p.sweep/1" && cells.count == detail.cells.count)
    #expect(Set(cell.keys) == ["cell", "values", "variant", "source", "state", "step", "of"])
    #expect((cell["values"] as? [String: Any])?["tau"] as? Double == 0.25)
    let line = try object(SweepJSON(detail.summary))
    #expect(line["created"] as? String == "1970-01-01T00:00:00Z")
    #expect(
      Set(line.keys) == [
        "id", "name", "state", "paused", "priority", "cells", "steps_done", "steps_total",
        "created",
      ])
    let unit = try object(UnitJSON(try #require(detail.sources.first)))
    #expect(Set(unit.keys) == ["unit", "kind", "state", "step", "of", "attempts"])
    let queue = try object(QueueJSON(QueueView(rig.store, folder: rig.table.folder)))
    #expect(queue["schema"] as? String == "p2p.status/1" && queue["running"] as? Bool == false)
    #expect(
      Set(queue.keys) == [
        "schema", "running", "paused", "free_bytes", "sources", "variants", "waiting", "sweeps",
      ])
    let standing = try object(StandingJSON(target: "1", standing: detail.summary.standing))
    #expect(Set(standing.keys) == ["target", "state", "cells", "steps_done", "steps_total"])
  }

  @Test func aRequestWithoutAModelIsRefusedBeforeAnythingIsRead() throws {
    let rig = try Rig()
    let error = #expect(throws: EditError.self) {
      try rig.submitter.models(of: try PlannedSweep.request(), config: nil)
    }
    #expect(error?.code == "model-not-named")
  }
}
