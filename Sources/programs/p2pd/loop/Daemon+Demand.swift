import Files
import JobStore
import Logging

/// What a daemon that runs on demand waits for, as far as it has read it.
struct Demand {
  /// Targets by the names that verbs gave them.
  var targets: [String: Target] = [:]
  /// When everything was first seen to be settled.
  var metSince: ContinuousClock.Instant?

  /// How long a daemon stays when everything is settled: whoever waits next finds it warm.
  static let rest = Duration.seconds(2)
}

extension Daemon {
  private var goals: DaemonGoals { DaemonGoals(settings.folder) }

  /// A daemon runs again: whoever waits need not ask why there was none. What is settled of the goals
  /// that are left is forgotten.
  func beginDemand() {
    do {
      try goals.begin()
      guard settings.goal == .demand else { return }
      try goals.keep { name in !isSettled(name) }
    } catch { logger.warning("\(error)") }
  }

  /// Somebody stops the daemon: the verbs that wait shall not start another one.
  func endDemand() {
    do { try goals.stop() } catch { logger.warning("\(error)") }
  }

  /// Whether everything that verbs wait for has been settled for a while.
  func isDemandMet() -> Bool {
    let open = goals.names().filter { !isSettled($0) }
    guard open.isEmpty else {
      demand.metSince = nil
      return false
    }
    let now = ContinuousClock.now
    guard let since = demand.metSince else {
      demand.metSince = now
      return false
    }
    guard since.duration(to: now) >= Demand.rest else { return false }
    // What was added in this moment stays: its verb finds no daemon and starts one.
    do { try goals.keep { name in !isSettled(name) } } catch { logger.warning("\(error)") }
    return true
  }

  /// Whether nothing more happens to a target by itself; what nobody can find counts as settled.
  private func isSettled(_ name: String) -> Bool {
    do throws(EditError) {
      let target =
        if let known = demand.targets[name] { known } else { try store.resolve(name) }
      demand.targets[name] = target
      return try store.isSettled(target)
    } catch {
      // A table that is busy is no answer.
      return error.status == .missing || error.status == .data
    }
  }
}
