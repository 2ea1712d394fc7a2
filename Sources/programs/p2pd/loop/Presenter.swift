import Dispatch
import JobStore
import ResultFiles
import SweepPages

/// What became of a sweep's folder.
enum PageOutcome: Sendable {
  /// It was written, of a settled sweep or of one that runs; reading and drawing took so long.
  case drawn(SweepPage.Findings, took: Duration, isSettled: Bool)
  /// It could not be written; in words.
  case failed(String)
}

/// Writes sweeps' folders, one at a time, on a queue of its own: drawing a large grid takes a while.
final class Presenter: Sendable {
  private let results: ResultFolder
  private let inbox: AsyncStream<Message>.Continuation
  private let queue = DispatchQueue(label: "p2pd.pages", qos: .utility)

  init(folder: StateFolder, inbox: AsyncStream<Message>.Continuation) {
    (results, self.inbox) = (ResultFolder(folder.results), inbox)
  }

  /// Writes a sweep's folder and tells the loop; `read` is how long it took to read the sweep.
  func present(_ snapshot: SweepSnapshot, read: Duration) {
    queue.async { [self] in
      let sweep = snapshot.detail.summary.id
      let begin = ContinuousClock.now
      do {
        var page = SweepPage(snapshot, results: results)
        let findings = try page.publish()
        let took = begin.duration(to: .now) + read
        inbox.yield(
          .presented(sweep, .drawn(findings, took: took, isSettled: snapshot.isSettled)))
      } catch {
        inbox.yield(.presented(sweep, .failed("\(error)")))
      }
    }
  }
}
