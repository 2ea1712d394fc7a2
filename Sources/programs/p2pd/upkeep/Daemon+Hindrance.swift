import Files
import JobStore
import Logging

extension Daemon {
  /// The queue cannot go on: it is paused with the reason, where it is not paused already.
  func hinder(_ what: Hindrance, _ text: String) throws(EditError) {
    let reason = "\(what.rawValue): \(text)"
    hindrances[what] = reason
    say(.hindrance(what), reason, .error)
    if what == .space { _ = space.releaseBallast() }
    do {
      if try !store.pauseState().isPaused { try store.pause(reason: reason, now: WallClock.now) }
    } catch {
      guard isWeather(error) else { throw error }
      // Not even the ballast's room was enough: we stay paused without having written it down.
      say(.note, "writing the pause down: \(error)")
    }
    noteChange()
  }

  /// What kept the queue from going on is over.
  func clear(_ what: Hindrance, _ words: String) throws(EditError) {
    guard hindrances[what] != nil else { return }
    hindrances[what] = nil
    repetitions.end(.hindrance(what))
    logger.notice("\(words)")
    if what == .space { space.makeBallast() }
    let other = hindrances.values.first
    try persist { () throws(EditError) in
      // Somebody may have paused it as well, and that stays.
      guard try store.pauseState().reason?.hasPrefix(what.rawValue) == true else { return }
      let now = WallClock.now
      if let other { try store.pause(reason: other, now: now) } else { try store.resume(now: now) }
    }
    noteChange()
  }

  /// What the last daemon was hindered by is looked at again at the first turn of the loop.
  func inheritHindrance() throws(EditError) {
    guard let reason = try store.pauseState().reason else { return }
    for what in Hindrance.allCases where reason.hasPrefix(what.rawValue) {
      hindrances[what] = reason
    }
  }

  /// Looks at the folders every 5 s, and at once after a write was refused.
  func guardRoots() throws(EditError) {
    guard mustLookAtRoots || clock.isDue(.roots, every: .seconds(5)) else { return }
    mustLookAtRoots = false
    if let refusal = Roots(folder: settings.folder).refusal() {
      try hinder(.roots, refusal)
    } else {
      try clear(.roots, "the folders can be written again")
    }
  }

  /// Whether the state folder is still what people see under its path.
  ///
  /// - Throws: `state-folder-gone` (74).
  func checkFolder() throws(EditError) {
    guard let change = identity?.change else { return }
    throw EditError(
      "state-folder-gone", .io,
      "\(change) while this daemon served it: nobody sees what it does there",
      hint: "start p2pd again")
  }
}

extension Daemon {
  /// Says something that may be said again and again: once, then at growing intervals.
  func say(_ topic: Repetitions.Topic, _ text: String, _ level: Logger.Level = .warning) {
    guard let text = repetitions.next(topic, text) else { return }
    logger.log(level: level, "\(text)")
  }
}
