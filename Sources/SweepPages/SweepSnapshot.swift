public import EditJobs
public import JobStore
import Planner
public import ResultFiles

/// A sweep as it stood at one moment, with everything that its pages show.
public struct SweepSnapshot: Sendable {
  /// The sweep.
  public let detail: SweepDetail
  /// Its cells in grid order, then the plain re-prompts.
  public let rows: [ResultRow]
  /// The cells of the grid.
  public let cells: [ResultRow]
  /// The plain re-prompts beside it.
  public let reprompts: [ResultRow]
  /// What the sources of the rows are.
  let specs: [Key: SourceSpec]
  /// The sources of the grid's cells, each once.
  let cellSources: [SourceSpec]
  /// In what the sources of the cells differ, as places in `traits`.
  let varying: [Int]

  /// Reads a sweep from the job table; throws what the table throws.
  public init(_ store: JobStore, sweep: Int64) throws(EditError) {
    let (detail, rows) = try store.sweepResults(sweep)
    (self.detail, self.rows) = (detail, rows)
    cells = rows.filter { $0.cell.role == .cell }
    reprompts = rows.filter { $0.cell.role == .reprompt }
    specs = Self.specs(of: rows)
    let own = Set(cells.compactMap(\.cell.variant.source))
    cellSources = specs.filter { own.contains($0.key) }.map(\.value)
    varying = Self.varying(cellSources)
  }

  private static func specs(of rows: [ResultRow]) -> [Key: SourceSpec] {
    var specs: [Key: SourceSpec] = [:]
    for row in rows {
      guard let key = row.cell.variant.source, specs[key] == nil else { continue }
      specs[key] = row.source
    }
    return specs
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
