import EditJobs
import Foundation
import JobStore
import SweepPages
import ResultFiles
import Synchronization

/// Copies pictures into a folder of the user's as they finish, each whole or not at all.
final class PictureCopier: Sendable {
  private let out: URL
  private let results: ResultFolder
  private let copied = Mutex<Set<String>>([])

  /// - Throws: `cannot-write` (73).
  init(into path: String, _ options: StateOptions) throws(EditError) {
    out = URL(filePath: path)
    results = ResultFolder(options.folder.results)
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
      let name = CellFileName.of(cell)
      try copy(results.variant(cell.variant.key).picture, as: name)
    }
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
