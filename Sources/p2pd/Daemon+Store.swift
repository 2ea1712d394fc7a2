import EditJobs
import Foundation
import JobStore
import Logging

extension Daemon {
  /// Writes to the job table until it is written.
  ///
  /// A busy table is weather: it is tried again. A full disk gets the ballast's room. Anything else
  /// ends the daemon.
  @discardableResult
  func persist<Value>(_ body: () throws(EditError) -> Value) throws(EditError) -> Value {
    while true {
      do { return try body() } catch {
        switch error.code {
        case "busy": logger.warning("the job table is busy: \(error)")
        case "disk-full":
          if !space.releaseBallast() { logger.error("\(error)") }
          space.isFull = true
        default: throw error
        }
        watchdog.beat()
        usleep(200_000)
      }
    }
  }
}
