import EditJobs
import Files
import Foundation
import Glibc
import JobStore
import Planner
import ResultFiles
import Synchronization

/// Copies pictures into a folder of the user's as they finish, each whole or not at all.
///
/// The names of cells are unique within one sweep only: several sweeps get a folder each, called as in
/// the results.
final class PictureCopier: Sendable {
  private struct State {
    var copied: Set<String> = []
    /// What could not be read when it was looked for last.
    var missing: Set<String> = []
    var sweeps: [Int64: Sweep] = [:]
  }

  private struct Sweep {
    var axes: [SweepAxis]
    var folder: URL
  }

  private let out: URL
  private let isParted: Bool
  private let results: ResultFolder
  private let store: JobStore
  private let state = Mutex(State())

  /// - Parameter targets: what pictures are copied of.
  /// - Throws: `cannot-write` (73).
  init(
    into path: String, _ options: StateOptions, store: JobStore, targets: [Target]
  ) throws(EditError) {
    self.store = store
    out = URL(filePath: path)
    let sweeps = targets.map(\.sweep)
    isParted = sweeps.contains(nil) || Set(sweeps).count > 1
    results = ResultFolder(try options.folder.results)
    try Self.make(out)
  }

  private static func make(_ folder: URL) throws(EditError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EditError(
        "cannot-write", .cannotCreate,
        "\(folder.path) cannot be made: \((error as NSError).localizedDescription)")
    }
  }

  /// Copies the pictures of done cells, and of their sources, that were not copied before.
  func copy(_ cells: [CellRow]) throws {
    try state.withLock { state in
      state.missing = []
      for cell in cells where cell.state == .done {
        let sweep = try sweep(cell.sweep, &state)
        if let source = cell.variant.source {
          let picture = results.source(source).picture
          if try !copy(picture, "source-\(source.short).png", sweep, &state) {
            state.missing.insert(picture)
          }
        }
        let name = CellFileName.of(
          coordinates: cell.coordinates, role: cell.role, axes: sweep.axes)
        let picture = results.variant(cell.variant.key).picture
        if try !copy(picture, name, sweep, &state) { state.missing.insert(picture) }
      }
    }
  }

  /// What is waited for is settled: every picture of it must have been copied.
  ///
  /// - Throws: `picture-missing` (66), with the pictures that could not be read.
  func conclude() throws(EditError) {
    let missing = state.withLock(\.missing)
    guard let first = missing.first else { return }
    throw EditError(
      "picture-missing", .missing,
      missing.count == 1
        ? "\(first) is not there, although its cell is done"
        : "\(missing.count) pictures are not there, although their cells are done",
      details: missing.count == 1 ? [] : missing.sorted())
  }

  private func sweep(_ id: Int64, _ state: inout State) throws -> Sweep {
    if let known = state.sweeps[id] { return known }
    let detail = try store.sweep(id)
    let folder = isParted ? out.appending(path: detail.summary.folder) : out
    try Self.make(folder)
    let sweep = Sweep(axes: detail.axes, folder: folder)
    state.sweeps[id] = sweep
    return sweep
  }

  private func copy(
    _ picture: String, _ name: String, _ sweep: Sweep, _ state: inout State
  ) throws -> Bool {
    let place = sweep.folder.appending(path: name).path
    guard !state.copied.contains(place) else { return true }
    guard try Self.isThere(picture) else { return false }
    guard let bytes = FileManager.default.contents(atPath: picture) else {
      throw Self.unreadable(picture, "it cannot be opened")
    }
    try UserFile.write(Array(bytes), to: place)
    state.copied.insert(place)
    return true
  }

  /// Whether there is a picture, of any size but none.
  ///
  /// - Throws: `cannot-read` (66) where that cannot be told.
  private static func isThere(_ picture: String) throws(EditError) -> Bool {
    var facts = stat()
    if stat(picture, &facts) == 0 { return facts.st_size > 0 }
    guard errno == ENOENT else { throw unreadable(picture, String(cString: strerror(errno))) }
    return false
  }

  private static func unreadable(_ picture: String, _ why: String) -> EditError {
    EditError("cannot-read", .missing, "\(picture) cannot be read: \(why)")
  }
}

extension Target {
  /// The one sweep that it lies in; `nil` where it may be several.
  fileprivate var sweep: Int64? {
    switch self {
    case .sweep(let id), .cells(let id, _): id
    case .all, .unit: nil
    }
  }
}
