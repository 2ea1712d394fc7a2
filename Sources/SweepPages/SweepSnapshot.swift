public import EditJobs
public import JobStore
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
  /// The model's name: the last part of its folder.
  public var model: String {
    rows.first.map { $0.modelFolder.split(separator: "/").last.map(String.init) ?? "" } ?? ""
  }
}

extension ResultRow {
  /// The cell's picture in the sweep's folder.
  public var file: String { "cells/\(CellFileName.of(cell))" }
}
