import EditJobs
import Foundation
import ResultFiles
import Testing

/// A results folder that goes away with the test, and orders for it.
final class WorkerResults: Sendable {
  /// Enough for a test to come in between, whatever else the machine does.
  static let steps = 10
  let folder: ResultFolder

  init() {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "p2p-worker-\(UUID().uuidString)").path
    folder = ResultFolder(path)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  static func source(seed: UInt64 = 3) throws -> SourceSpec {
    SourceSpec(
      model: try Inspected.facts().digest, prompt: "a red circle on a blue background", seed: seed,
      steps: steps, guidance: 3, width: 64, height: 64)
  }

  /// An edit to a green circle: word for word, cross maps to `tau`, self maps to `selfTau`; blended
  /// at the place of the circle from a step on.
  static func edit(
    tau: Int, selfTau: Int = 0, weight: Double = 1, blendedFrom start: Int? = nil
  ) throws -> ResolvedEdit {
    let length = try Inspected.facts().textLength
    return ResolvedEdit(
      prompt: "a green circle on a blue background", method: .none, steps: steps,
      textLength: length, mapper: .identity, cross: StepWindow(0, tau),
      selfWindow: StepWindow(0, selfTau),
      weights: weight == 1
        ? [] : [.init(token: 2, value: weight, window: StepWindow(0, steps))],
      blend: start.map { ResolvedBlend(source: [3], edit: [3], threshold: 0.6, start: $0) })
  }

  func order(
    token: Int64 = 1, _ edits: [ResolvedEdit] = [], trunks: [Int: WorkOrder.Trunk] = [:],
    mapsBudget: Int64 = .max
  ) throws -> WorkOrder {
    let source = try Self.source()
    return WorkOrder(
      token: token, model: WorkerProcess.model, results: folder.path, sourceKey: source.key,
      source: source,
      variants: edits.enumerated().map { index, edit in
        WorkOrder.Variant(key: edit.key(source: source.key), edit: edit, trunk: trunks[index])
      }, mapsBudget: mapsBudget)
  }

  func variant(_ edit: ResolvedEdit) throws -> UnitFolder {
    folder.variant(edit.key(source: try Self.source().key))
  }

  func source() throws -> UnitFolder { folder.source(try Self.source().key) }

  /// The order as a file for `p2p-worker run`.
  func file(_ order: WorkOrder) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let path = folder.path + "/order-\(UUID().uuidString).json"
    try JSONEncoder().encode(order).write(to: URL(filePath: path))
    return path
  }

  /// Does an order by `p2p-worker run`; its exit status and events.
  @discardableResult
  func run(_ order: WorkOrder, environment: [String: String] = [:], threads: Int = 2) throws -> (
    status: Int32, events: [HeardEvent]
  ) {
    let worker = try WorkerProcess(
      ["run", try file(order), "--threads", "\(threads)"], environment: environment)
    let status = try worker.finish().status
    return (status, worker.events)
  }
}

/// The files of a unit's folder but its lock and its maps.
func contents(_ unit: UnitFolder) throws -> [String: Data] {
  var files: [String: Data] = [:]
  for name in try FileManager.default.contentsOfDirectory(atPath: unit.path)
  where name != ".lock" && name != "maps" {
    files[name] = try Data(contentsOf: URL(filePath: unit.file(name)))
  }
  return files
}

/// Expects two units' files to be equal, to the byte, and names those that are not.
func expectEqual(
  _ left: UnitFolder, _ right: UnitFolder, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let (a, b) = (try contents(left), try contents(right))
  #expect(a.keys.sorted() == b.keys.sorted(), sourceLocation: sourceLocation)
  #expect(a["manifest.json"] != nil, "the unit is published", sourceLocation: sourceLocation)
  for (name, bytes) in a {
    let isEqual = bytes == b[name]
    #expect(isEqual, "\(name) differs", sourceLocation: sourceLocation)
  }
}

/// An undisturbed run of the source and of some variants, each alone, made once.
enum Undisturbed {
  static func edits() throws -> [ResolvedEdit] {
    [
      try WorkerResults.edit(tau: WorkerResults.steps, selfTau: 3), try WorkerResults.edit(tau: 3),
      try WorkerResults.edit(tau: 0), try WorkerResults.edit(tau: WorkerResults.steps, weight: -2),
      try WorkerResults.edit(tau: 3, blendedFrom: 2),
    ]
  }

  private static let made = Result {
    let results = WorkerResults()
    atexit { Undisturbed.remove() }
    guard try results.run(try results.order()).status == 0 else {
      throw WorkerTrouble(description: "the source failed")
    }
    for edit in try edits() {
      let (status, events) = try results.run(try results.order([edit]))
      guard status == 0 else { throw WorkerTrouble(description: "a variant failed: \(events)") }
    }
    return results
  }

  static func results() throws -> WorkerResults { try made.get() }

  /// Globals have no end of life of their own.
  private static func remove() {
    guard let path = try? made.get().folder.path else { return }
    try? FileManager.default.removeItem(atPath: path)
  }
}
