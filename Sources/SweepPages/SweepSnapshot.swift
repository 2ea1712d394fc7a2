public import EditJobs
public import JobStore
import Planner
public import ResultFiles

/// A sweep as it stood at one moment, with everything that its pages show.
public struct SweepSnapshot: Sendable {
  /// The sweep.
  public private(set) var detail: SweepDetail
  /// Its cells in grid order, then the plain re-prompts.
  public private(set) var rows: [ResultRow]
  /// Its models by their digests.
  let models: [Digest: ModelFacts]
  private var comparisons: [Key: Comparison] = [:]
  /// Where the plain re-prompts are among the rows.
  private let plainRows: [Pair: Int]

  /// A source and an edit prompt.
  private struct Pair: Hashable {
    var source: Key?
    var prompt: String

    init(_ row: ResultRow) { (source, prompt) = (row.cell.variant.source, row.edit.prompt) }
  }

  /// Reads a sweep from the job table; throws what the table throws.
  public init(_ store: JobStore, sweep: Int64) throws(EditError) {
    detail = try store.sweep(sweep)
    let rows = try store.results(.sweep(sweep))
    self.rows = rows
    var models: [Digest: ModelFacts] = [:]
    for row in rows where models[row.source.model] == nil {
      models[row.source.model] = try store.model(of: row.cell.variant.key)?.facts
    }
    self.models = models
    plainRows = Dictionary(
      rows.indices.filter { rows[$0].cell.role == .reprompt }.map { (Pair(rows[$0]), $0) },
      uniquingKeysWith: { first, _ in first })
    add(try store.comparisons(sweep: sweep))
  }

  /// Adds what was compared since.
  mutating func add(_ compared: [Comparison]) {
    for one in compared { comparisons[one.variant] = one }
  }

  /// How near a row's variant came to its plain re-prompt, where that was measured.
  func comparison(of row: ResultRow) -> Comparison? { comparisons[row.cell.variant.key] }

  /// The sweep's plain re-prompt of a row's source and edit prompt.
  func rePrompt(of row: ResultRow) -> ResultRow? {
    plainRows[Pair(row)].map { rows[$0] }
  }

  /// The sweep as it stands when some units, which are called done, are lost: they wait to be made
  /// again.
  func without(_ lost: Set<Key>) -> SweepSnapshot {
    if lost.isEmpty { return self }
    var left = self
    for index in rows.indices where lost.contains(rows[index].cell.variant.key) {
      left.rows[index].cell.variant.state = .ready
    }
    for index in detail.sources.indices where lost.contains(detail.sources[index].key) {
      left.detail.sources[index].state = .ready
    }
    return left
  }

  /// The sweep's folder in the results.
  public func folder(in results: ResultFolder) -> String {
    "\(results.sweeps)/\(detail.summary.folder)"
  }

  /// The cells of the grid.
  public var cells: [ResultRow] { rows.filter { $0.cell.role == .cell } }
  /// The plain re-prompts beside it.
  public var reprompts: [ResultRow] { rows.filter { $0.cell.role == .reprompt } }
  /// A cell's picture in the sweep's folder, e.g. `cells/tau0.75_w-crown2.png`.
  public func file(of row: ResultRow) -> String {
    let name = CellFileName.of(
      coordinates: row.cell.coordinates, role: row.cell.role, axes: detail.axes)
    return "cells/\(name)"
  }

  /// The sources that are done, with the names of their pictures in the sweep's folder.
  public func sources() -> [(source: UnitRow, spec: SourceSpec, file: String)] {
    let specs = Dictionary(
      rows.compactMap { row in row.cell.variant.source.map { ($0, row.source) } },
      uniquingKeysWith: { first, _ in first })
    let done = detail.sources.filter { $0.state == .done }
    return done.compactMap { source in
      guard let spec = specs[source.key] else { return nil }
      let name = detail.sources.count == 1 ? "source.png" : "source-\(source.key.short).png"
      return (source, spec, name)
    }
  }

  /// The model's name: the last part of its folder.
  public var model: String {
    rows.first.map { $0.modelFolder.split(separator: "/").last.map(String.init) ?? "" } ?? ""
  }
}
