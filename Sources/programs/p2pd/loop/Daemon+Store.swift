import Files
import Foundation
import JobStore
import Logging

extension Daemon {
  /// Whether an error of the job table passes: another process holds it, its disk is full, or it may not
  /// be written for a while.
  nonisolated func isWeather(_ error: EditError) -> Bool {
    ["busy", "disk-full", "not-allowed"].contains(error.code)
  }

  /// Reads or writes the job table until that is done; weather is waited for.
  ///
  /// The service manager is told that we live meanwhile: a restart would make no room. Once the daemon
  /// is to end, weather is thrown, since the next start puts right what was not written down; so is a
  /// state folder that is gone.
  @discardableResult
  func persist<Value>(_ body: () throws(EditError) -> Value) throws(EditError) -> Value {
    while true {
      do {
        let value = try body()
        noteFair()
        return value
      } catch {
        guard isWeather(error) else { throw error }
        noteWeather(error)
        if stop.isPressed { throw error }
        try checkFolder()
        stop.pause(2)
      }
    }
  }

  /// The job table cannot be read or written now.
  func noteWeather(_ error: EditError) {
    watchdog.beat()
    if error.code == "disk-full" {
      space.isFull = true
      if space.releaseBallast() { return }
    }
    say(.table, "waiting for the job table: \(error)", .error)
    if let notify, lastStatus != error.what {
      notify.send("STATUS=waiting: \(error.what)")
      lastStatus = error.what
    }
  }

  private func noteFair() {
    guard repetitions.isOpen(.table) else { return }
    repetitions.end(.table)
    logger.notice("the job table can be used again")
  }
}
