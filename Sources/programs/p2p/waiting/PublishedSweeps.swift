import EditJobs
import Files
import JobStore
import ResultFiles
import SweepPages

/// The folders of the sweeps that are waited for: grid, table and page are written a moment after the
/// last cell.
struct PublishedSweeps {
  private var missing: [(folder: String, request: String)] = []
  private let since = ContinuousClock.now
  /// After that nobody waits for a folder: it may not be writable.
  private static let patience = Duration.seconds(10)

  /// The sweeps of some cells that are settled as a whole and have a picture.
  init(_ cells: [CellRow], store: JobStore, folder: StateFolder) throws(EditError) {
    let results = ResultFolder(folder.results)
    for id in Set(cells.map(\.sweep)) {
      let standing = try store.standing(.sweep(id))
      guard standing.isSettled, standing.count(.done) > 0 else { continue }
      missing.append(
        ("\(results.sweeps)/\(try store.sweep(id).summary.folder)", try store.request(of: id) ?? "")
      )
    }
  }

  /// Whether all of them are there, or were waited for long enough.
  mutating func areThere() -> Bool {
    missing.removeAll { SweepPage.isWhole($0.folder, request: $0.request) }
    return missing.isEmpty || since.duration(to: .now) > Self.patience
  }
}
