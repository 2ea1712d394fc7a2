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

  /// Reads a sweep from the job table; throws what the table throws.
  public init(_ store: JobStore, sweep: Int64) throws(EditError) {
    detail = try store.sweep(sweep)
    rows = try store.results(.sweep(sweep))
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
