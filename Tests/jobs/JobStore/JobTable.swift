import EditJobs
import Foundation
import GRDB
import JobStore

/// A job table in a folder of its own, which goes when the value does.
final class JobTable {
  let folder: StateFolder
  private(set) var store: JobStore

  /// In memory where the system offers that: these tests are about rules, and every commit syncs.
  /// `revision` is that of the program's numerics.
  init(onDisk: Bool = false, revision: Int = Numerics.currentRevision) throws {
    let memory = "/dev/shm"
    let isMemory = !onDisk && FileManager.default.isWritableFile(atPath: memory)
    let parent = isMemory ? memory : FileManager.default.temporaryDirectory.path
    folder = StateFolder(path: parent + "/p2p-table-\(UUID().uuidString)")
    store = try JobStore(folder, revision: revision, now: 1)
  }

  /// Closes the table and opens it as another program does: today's, as a daemon that begins.
  func reopen(holdsLock: Bool = true, revision: Int = Numerics.currentRevision) throws {
    try? store.close()
    store = try JobStore(folder, holdsLock: holdsLock, revision: revision, now: 100)
  }

  deinit {
    try? store.close()
    try? FileManager.default.removeItem(atPath: folder.path)
  }

  /// Another connection, which knows nothing of our rules.
  func raw<Value>(_ body: (Database) throws -> Value) throws -> Value {
    let queue = try DatabaseQueue(path: folder.database)
    defer { try? queue.close() }
    return try queue.write(body)
  }

  /// Claims with room for some lanes.
  func claim(lanes: Int = 1, warm: Warm? = nil, now: Int64 = 10) throws -> ClaimedOrder? {
    try store.claim(place: "local/cpu0", warm: warm, now: now) { _, _ in lanes }
  }

  /// Claims the head and finishes all of it.
  @discardableResult
  func runHead(lanes: Int = 1, now: Int64 = 10) throws -> ClaimedOrder? {
    guard let order = try claim(lanes: lanes, now: now) else { return nil }
    for unit in order.units {
      try store.finish(unit.key, token: order.token, manifest: manifest(unit.key), now: now + 1)
    }
    return order
  }

  func state(_ key: Key) throws -> UnitState? { try store.unit(key)?.state }
}

/// A manifest's hash for a unit.
func manifest(_ key: Key) -> Digest { Digest(of: key.description.utf8) }

/// A sweep of seeds × taus over one edit prompt, as a planner would hand it over.
struct Grid {
  var name = "crown"
  var seeds: [UInt64] = [8]
  var taus: [Int] = [4, 8, 12]
  var steps = 20
  var prompt = "a cat wearing a crown"
  var model = "mini"
  var priority = 0
  var clientKey: String?
  /// Whether variants share steps; else each weighs a word in its own way from step 0 on.
  var shares = false
  /// What its source starts from; `nil` for a seed's noise.
  var photograph: Photograph?
  /// What everything is computed with.
  var compute = ComputeType.f32
  /// Whose arithmetic makes everything.
  var numerics = Numerics()
  /// The photograph's file, as the request names it.
  var imageFile: Digest?

  var facts: ModelFacts {
    ModelFacts(
      digest: Digest(of: model.utf8), family: "sd1", sizeMultiple: 8, latentChannels: 4,
      vaeFactor: 8,
      defaultWidth: 64, defaultHeight: 64, width: 64, height: 64, textLength: 77, sites: [],
      controlRows: 2, controlColumns: 2, laneBytes: 1_000, weightBytes: 1_000,
      mapBytesPerPass: 100, multiplyAdds: 1, tokenizer: "/models/mini/tokenizer")
  }

  func source(_ seed: UInt64) -> Submission.Source {
    Submission.Source(
      SourceSpec(
        model: facts.digest, prompt: prompt, seed: seed, photograph: photograph, steps: steps,
        guidance: 3, width: 64, height: 64, compute: compute, numerics: numerics))
  }

  func variant(_ seed: UInt64, _ tau: Int) -> Submission.Variant {
    Submission.Variant(
      source: source(seed).key,
      edit: ResolvedEdit(
        prompt: "a fox wearing a crown", method: .refine, steps: steps, textLength: 77,
        mapper: .identity, cross: StepWindow(0, tau), selfWindow: StepWindow(0, 0),
        weights: shares
          ? [] : [.init(token: 5, value: Double(tau) + 1.5, window: StepWindow(0, steps))]))
  }

  private var request: String {
    let image = imageFile.map { ",\"image\":{\"file\":\"a.png\",\"sha256\":\"\($0)\"}" } ?? ""
    return "{\"name\":\"\(name)\",\"taus\":\(taus)\(image)}"
  }

  var submission: Submission {
    let axes = [
      SweepAxis(name: "seed", values: seeds.map(String.init)),
      SweepAxis(name: "tau", values: taus.map { "\(Double($0) / Double(steps))" }),
    ]
    var cells: [Submission.Cell] = []
    for (row, seed) in seeds.enumerated() {
      for (column, tau) in taus.enumerated() {
        cells.append(
          Submission.Cell(
            coordinates: [
              Coordinate(axis: "seed", value: axes[0].values[row]),
              Coordinate(axis: "tau", value: axes[1].values[column]),
            ], row: row, column: column, page: 0, variant: variant(seed, tau).key, label: ""))
      }
    }
    return Submission(
      name: name, axes: axes, request: request,
      clientKey: clientKey, priority: priority, model: facts, modelFolder: "/models/\(model)",
      sources: seeds.map(source),
      variants: seeds.flatMap { seed in taus.map { variant(seed, $0) } }, cells: cells)
  }
}

extension JobTable {
  @discardableResult
  func enqueue(_ grid: Grid, now: Int64 = 1) throws -> Submitted {
    try store.enqueue(grid.submission, owner: 1_000, now: now)
  }
}
