import Dispatch
import JobStore
import ResultFiles
import SweepPages

/// Writes sweeps' folders, one at a time, on a queue of its own: drawing a large grid takes a while.
final class Presenter: Sendable {
  private let results: ResultFolder
  private let inbox: AsyncStream<Message>.Continuation
  private let queue = DispatchQueue(label: "p2pd.pages", qos: .utility)

  init(folder: StateFolder, inbox: AsyncStream<Message>.Continuation) {
    (results, self.inbox) = (ResultFolder(folder.results), inbox)
  }

  /// Writes a sweep's folder and tells the loop.
  func present(_ snapshot: SweepSnapshot) {
    queue.async { [self] in
      let sweep = snapshot.detail.summary.id
      do {
        var page = SweepPage(snapshot, results: results)
        inbox.yield(.presented(sweep, try page.publish(), failure: nil))
      } catch {
        inbox.yield(.presented(sweep, SweepPage.Findings(), failure: "\(error)"))
      }
    }
  }
}
