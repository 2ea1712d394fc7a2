import EditJobs
import Foundation
import JobStore
import Planner
import ResultFiles
import Synchronization

/// Copies pictures into a folder of the user's as they finish, each whole or not at all.
final class PictureCopier: Sendable {
  private let out: URL
  private let results: ResultFolder
  private let store: JobStore
  private let copied = Mutex<Set<String>>([])
  private let axes = Mutex<[Int64: [SweepAxis]]>([:])

  /// - Throws: `cannot-write` (73).
  init(into path: String, _ options: StateOptions, store: JobStore) throws(EditError) {
    self.store = store
    out = URL(filePath: path)
    results = ResultFolder(try options.folder.results)
    do {
      try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
    } catch {
      throw EditError(
        "cannot-write", .cannotCreate,
        "\(path) cannot be made: \((error as NSError).localizedDescription)")
    }
  }

  /// Copies the pictures of done cells, and of their sources, that were not copied before.
  func copy(_ cells: [CellRow]) throws {
    for cell in cells where cell.state == .done {
      if let source = cell.variant.source {
        try copy(results.source(source).picture, as: "source-\(source.short).png")
      }
      let name = CellFileName.of(
        coordinates: cell.coordinates, role: cell.role, axes: try axes(of: cell.sweep))
      try copy(results.variant(cell.variant.key).picture, as: name)
    }
  }

  private func axes(of sweep: Int64) throws -> [SweepAxis] {
    if let known = axes.withLock({ $0[sweep] }) { return known }
    let read = try store.sweep(sweep).axes
    axes.withLock { $0[sweep] = read }
    return read
  }

  private func copy(_ picture: String, as name: String) throws {
    guard copied.withLock({ $0.insert(name).inserted }) else { return }
    guard let bytes = FileManager.default.contents(atPath: picture) else {
      _ = copied.withLock { $0.remove(name) }
      return
    }
    try UserFile.write(Array(bytes), to: out.appending(path: name).path)
  }
}
