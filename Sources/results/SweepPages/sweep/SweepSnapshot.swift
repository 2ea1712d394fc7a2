public import EditJobs
public import Files
public import JobStore
import Planner
public import ResultFiles

/// A sweep as it stood at one moment, with everything that its pages show.
public struct SweepSnapshot: Sendable {
  /// The sweep.
  public private(set) var detail: SweepDetail
  /// Its cells in grid order, then the plain re-prompts.
  public private(set) var rows: [ResultRow]
  /// The cells of the grid.
  public private(set) var cells: [ResultRow]
  /// The plain re-prompts beside it.
  public private(set) var reprompts: [ResultRow]
  /// What the sources of the rows are.
  let specs: [Key: SourceSpec]
  /// The sources of the grid's cells, each once.
  let cellSources: [SourceSpec]
  /// In what the sources of the cells differ, as places in `traits`.
  let varying: [Int]
  /// Its models by their digests.
  let models: [Digest: ModelFacts]
  private var comparisons: [Key: Comparison] = [:]
  /// Where the plain re-prompts are among `reprompts`.
  private let plain: [Shown: Int]

  /// What a picture beside the grid shows: a source, edited to a prompt.
  struct Shown: Hashable {
    var source: Key?
    var prompt: String

    init(_ row: ResultRow) { (source, prompt) = (row.cell.variant.source, row.edit.prompt) }
  }

  /// Reads a sweep from the job table; throws what the table throws.
  public init(_ store: JobStore, sweep: Int64) throws(EditError) {
    let results = try store.sweepResults(sweep)
    (detail, rows, models) = (results.detail, results.rows, results.models)
    cells = rows.filter { $0.cell.role == .cell }
    let reprompts = rows.filter { $0.cell.role == .reprompt }
    self.reprompts = reprompts
    plain = Dictionary(
      reprompts.indices.map { (Shown(reprompts[$0]), $0) }, uniquingKeysWith: { first, _ in first })
    specs = Self.specs(of: rows)
    let own = Set(cells.compactMap(\.cell.variant.source))
    cellSources = specs.filter { own.contains($0.key) }.map(\.value)
    varying = Self.varying(cellSources)
    add(results.comparisons)
  }

  private static func specs(of rows: [ResultRow]) -> [Key: SourceSpec] {
    var specs: [Key: SourceSpec] = [:]
    for row in rows {
      guard let key = row.cell.variant.source, specs[key] == nil else { continue }
      specs[key] = row.source
    }
    return specs
  }

  /// Adds what was compared since.
  mutating func add(_ compared: [Comparison]) {
    for one in compared { comparisons[one.variant] = one }
  }

  /// How near a row's variant came to its plain re-prompt, where that was measured.
  func comparison(of row: ResultRow) -> Comparison? { comparisons[row.cell.variant.key] }

  /// The sweep's plain re-prompt of a row's source and edit prompt.
  func rePrompt(of row: ResultRow) -> ResultRow? { plain[Shown(row)].map { reprompts[$0] } }

  /// The sweep as it stands when some units, which are called done, are lost: they wait to be made
  /// again.
  func without(_ lost: Set<Key>) -> SweepSnapshot {
    if lost.isEmpty { return self }
    var left = self
    func forget(_ rows: inout [ResultRow]) {
      for index in rows.indices where lost.contains(rows[index].cell.variant.key) {
        rows[index].cell.variant.state = .ready
      }
    }
    forget(&left.rows)
    forget(&left.cells)
    forget(&left.reprompts)
    for index in detail.sources.indices where lost.contains(detail.sources[index].key) {
      left.detail.sources[index].state = .ready
    }
    return left
  }

  /// Whether nothing more will happen to the sweep by itself.
  public var isSettled: Bool { detail.summary.standing.isSettled }

  /// The sweep's folder in the results.
  public func folder(in results: ResultFolder) -> String {
    "\(results.sweeps)/\(detail.summary.folder)"
  }

  /// A cell's picture in the sweep's folder, e.g. `cells/tau0.75_w-crown2.png`.
  public func file(of row: ResultRow) -> String {
    let name = CellFileName.of(
      coordinates: row.cell.coordinates, role: row.cell.role, axes: detail.axes)
    return "cells/\(name)"
  }

  /// The sources that are done, with the names of their pictures in the sweep's folder.
  public func sources() -> [(source: UnitRow, spec: SourceSpec, file: String)] {
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
