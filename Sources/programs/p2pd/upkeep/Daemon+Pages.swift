import EditJobs
import Files
import JobStore
import Logging
import ResultFiles
import SweepPages

extension Daemon {
  /// Folders that are looked at in one turn of the loop.
  private static let checksPerTurn = 20
  /// Pages that wait to be drawn at once.
  private static let mostPresenting = 4

  /// The sweeps that show a unit are behind.
  func markStale(wanting key: Key) throws(EditError) {
    let sweeps = try persist { () throws(EditError) in try store.sweeps(showing: key) }
    for sweep in sweeps {
      stale.insert(sweep)
      presented[sweep] = nil
      pages.changed(sweep)
    }
  }

  /// Finds settled sweeps without a grid that shows all of them: finished when nobody looked, all
  /// shared, or grown by what was there.
  ///
  /// What this daemon settles is marked as it happens; so only others' writes are a reason to look.
  func findUnpresented() throws(EditError) {
    if clock.othersWrote, clock.isDue(.unpresented, every: .seconds(1)) {
      clock.othersWrote = false
      for (sweep, cells) in try store.sweepSizes()
      where presented[sweep] != cells && !presenting.contains(sweep) && !stale.contains(sweep) {
        guard try store.isSettled(.sweep(sweep)) else { continue }
        presented[sweep] = cells
        unchecked.append(sweep)
      }
      unchecked.sort(by: >)
    }
    let results = ResultFolder(settings.folder.results)
    for _ in 0..<min(Self.checksPerTurn, unchecked.count) {
      guard let sweep = unchecked.popLast(), let request = try store.request(of: sweep),
        let folder = try store.folder(of: sweep)
      else { continue }
      if !SweepPage.isWhole("\(results.sweeps)/\(folder)", request: request) {
        stale.insert(sweep)
      }
    }
    for sweep in pages.takeRetries() { stale.insert(sweep) }
  }

  /// Writes the folders that are behind; those of sweeps that run not too often.
  func presentStale() {
    if failure != nil { return }
    for sweep in stale.sorted() where presenting.count < Self.mostPresenting {
      guard !presenting.contains(sweep) else { continue }
      do { try present(sweep) } catch {
        if isWeather(error) { return noteWeather(error) }
        stale.remove(sweep)
        pages.failed(sweep)
        say(.page(sweep), "sweep \(sweep): \(error)", .error)
      }
    }
  }

  private func present(_ sweep: Int64) throws(EditError) {
    // The clock first: whether a sweep is settled is asked once for each change, and all of it is read
    // when it is drawn.
    var mayDraw = pages.isDue(sweep) || (isStopping && pages.took(sweep) < .milliseconds(200))
    if !mayDraw, pages.takesChange(sweep) { mayDraw = try store.isSettled(.sweep(sweep)) }
    guard mayDraw else { return }
    if stop.isPressed(for: .milliseconds(500)) { return }
    let begin = ContinuousClock.now
    let snapshot = try SweepSnapshot(store, sweep: sweep)
    let read = begin.duration(to: .now)
    stale.remove(sweep)
    presenting.insert(sweep)
    if snapshot.isSettled { presented[sweep] = snapshot.rows.count }
    presenter.present(snapshot, read: read)
  }

  /// A folder was written, or could not be: then it is tried again.
  func notePresented(_ sweep: Int64, _ outcome: PageOutcome) throws(EditError) {
    presenting.remove(sweep)
    clock.mayBeOver = true
    switch outcome {
    case .drawn(let findings, let took, let isSettled):
      try note(findings)
      repetitions.end(.page(sweep))
      pages.drawn(sweep, took: took)
      if isSettled, !stale.contains(sweep) { pages.forget(sweep) }
    case .failed(let words):
      pages.failed(sweep)
      say(.page(sweep), "the folder of sweep \(sweep): \(words)", .error)
    }
    if !isStopping { presentStale() }
  }

  /// What drawing a page found: comparisons are written down, lost results made again.
  private func note(_ findings: SweepPage.Findings) throws(EditError) {
    try persist { () throws(EditError) in try store.write(findings.comparisons) }
    for (key, reason) in findings.uncompared.sorted(by: { $0.key < $1.key }) {
      say(.comparison(key), "unit \(key.short) is not compared with its re-prompt: \(reason)")
    }
    // What was never there is not lost: it would be made again for ever.
    for key in findings.lost.subtracting(hollow) {
      let step = stepsOnDisk(key)
      let isRemade = try persist { () throws(EditError) in
        try store.damaged(key, step: step, now: WallClock.now)
      }
      guard isRemade else { continue }
      logger.warning("the picture of unit \(key.short) was lost: it is made again")
      try markStale(wanting: key)
      noteChange()
    }
  }
}
