import EditJobs
import JobStore
import Logging
import ResultFiles
import SweepPages

extension Daemon {
  /// The sweeps that show a unit are behind.
  func markStale(wanting key: Key) throws(EditError) {
    for cell in try store.cells(.unit(key)) {
      stale.insert(cell.sweep)
      presented[cell.sweep] = nil
    }
  }

  /// Finds settled sweeps without a grid that shows all of them: finished when nobody looked, all
  /// shared, or grown by what was there.
  func findUnpresented() throws(EditError) {
    let results = ResultFolder(settings.folder.results)
    for sweep in try store.sweeps(limit: 100) {
      guard sweep.standing.isSettled, presented[sweep.id] != sweep.standing.total,
        !presenting.contains(sweep.id), !stale.contains(sweep.id)
      else { continue }
      presented[sweep.id] = sweep.standing.total
      let request = try store.request(of: sweep.id) ?? ""
      if !SweepPage.isWhole("\(results.sweeps)/\(sweep.folder)", request: request) {
        stale.insert(sweep.id)
      }
    }
  }

  /// Writes the folders that are behind; while a sweep runs at most every two seconds.
  func presentStale() {
    guard !stale.isEmpty, presenting.isEmpty, clock.isDue(.present, every: .milliseconds(200))
    else { return }
    for sweep in stale.sorted() {
      do {
        let snapshot = try SweepSnapshot(store, sweep: sweep)
        let isSettled = snapshot.detail.summary.standing.isSettled
        guard isSettled || isStopping || clock.isDue(.draw(sweep), every: .seconds(2)) else {
          continue
        }
        stale.remove(sweep)
        presenting.insert(sweep)
        if isSettled { presented[sweep] = snapshot.rows.count }
        presenter.present(snapshot)
      } catch {
        if error.code != "busy" {
          stale.remove(sweep)
          logger.error("sweep \(sweep): \(error)")
        }
      }
    }
  }

  /// A folder was written, or not: then it is tried again when something changes. Lost results are made
  /// again.
  func notePresented(
    _ sweep: Int64, _ findings: SweepPage.Findings, failure: String?
  ) throws(EditError) {
    presenting.remove(sweep)
    if let failure { logger.error("the folder of sweep \(sweep): \(failure)") }
    try persist { () throws(EditError) in try store.write(findings.comparisons) }
    for key in findings.lost {
      let step = stepsOnDisk(key)
      let isRemade = try persist { () throws(EditError) in
        try store.damaged(key, step: step, now: wallClockMs())
      }
      guard isRemade else { continue }
      logger.warning("the picture of unit \(key.short) was lost: it is made again")
      try markStale(wanting: key)
      noteChange()
    }
  }
}
