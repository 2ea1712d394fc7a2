import EditJobs
import Files
import JobStore
import Logging

extension Daemon {
  /// A turn of the loop: look, release, write progress, claim, say how it stands.
  func tick() throws(EditError) {
    if clock.isDue(.folder, every: .seconds(1)) { try checkFolder() }
    try look()
    if clock.isDue(.due, every: .seconds(1)), let due = pulse?.nextDueMs {
      try release(due: due)
    }
    if verdicts.otherModels.isWaiting, clock.isDue(.barred, every: .milliseconds(500)) {
      clock.mayClaim = true
    }
    if clock.isDue(.progress, every: .seconds(1)) { try writeProgress() }
    if clock.isDue(.prune, every: .seconds(pruned > 0 ? 5 : 600)) { pruneEvents() }
    if clock.isDue(.inputs, every: .seconds(3600)) { cleanInputs() }
    askForNativeAgain()
    askBrokenWorkerAgain()
    warnWhilePaused()
    if !isStopping {
      try guardSpace()
      try guardRoots()
      try startWaiting()
      try claimWhatIsReady()
    }
    try findUnpresented()
    presentStale()
    if !isStopping, try isGoalReached() {
      logger.info("nothing left to wait for")
      beginStop()
    }
    if clock.isDue(.status, every: .seconds(1)) { tellStatus() }
  }

  /// Something of ours changed the table: look again and claim again.
  func noteChange() {
    clock.mayClaim = true
    clock.mustLook = true
    clock.mayBeOver = true
  }

  /// Whether the next turn can wait until something happens: nothing runs, ends, starts or is drawn.
  var isIdle: Bool {
    !isStopping && !clock.mustLook && waiting.isEmpty && doubts.isEmpty && stale.isEmpty
      && unchecked.isEmpty && !verdicts.otherModels.isWaiting
      && slots.values.allSatisfy { $0.isReady && !$0.isEnding && $0.order == nil }
  }

  /// Reads what others wrote: new work, cancelled units.
  private func look() throws(EditError) {
    // Busy is no news.
    guard let version = try store.dataVersion() else { return }
    // Now and then we look anyway.
    let others = version != clock.version || clock.isDue(.look, every: .seconds(5))
    guard others || clock.mustLook else { return }
    pulse = try store.pulse()
    if others { try dropWhatIsNotToRun() }
    clock.othersWrote = clock.othersWrote || others
    clock.mustLook = false
    clock.version = version
    clock.mayClaim = true
    clock.mayBeOver = true
  }

  /// Tells workers to leave units that are no longer theirs, or that are paused.
  private func dropWhatIsNotToRun() throws(EditError) {
    let held = Set(try store.held())
    for (id, slot) in slots {
      guard let order = slot.order else { continue }
      for (key, progress) in order.open {
        if !progress.isLeaving, held.contains(Drop(key: key, token: order.token)) {
          logger.info("unit \(key.short) is paused: it stops at its next step")
          slots[id]?.order?.open[key]?.isLeaving = true
          slot.process.send(.drop(unit: key))
        }
        guard let unit = try store.unit(key), unit.token != order.token else { continue }
        logger.info("dropping \(unit.name): \(unit.state.rawValue)")
        slot.process.send(.drop(unit: key))
      }
    }
  }

  /// Writes the steps of all running units down in one go.
  func writeProgress() throws(EditError) {
    var lines: [UnitProgress] = []
    for (id, slot) in slots {
      guard let order = slot.order else { continue }
      for (key, unit) in order.open where unit.isNew {
        lines.append(
          UnitProgress(
            key: key, token: order.token, step: unit.step, evaluations: unit.evaluations,
            ms: unit.ms))
        slots[id]?.order?.open[key]?.isNew = false
      }
    }
    guard !lines.isEmpty else { return }
    let unneeded = try persist { () throws(EditError) in
      try store.progress(lines, now: WallClock.now)
    }
    for drop in unneeded {
      logger.info("unit \(drop.key.short) ran for its forks alone: it stops")
      slots.values.first { $0.order?.token == drop.token }?.process.send(.drop(unit: drop.key))
    }
    // A fork may be ready now.
    clock.mayClaim = true
  }

  /// Whether what the daemon was started for is done, folders of sweeps included; asked when it may be,
  /// and not more often than twice a second while something runs.
  private func isGoalReached() throws(EditError) -> Bool {
    guard settings.goal != .serve, waiting.isEmpty, stale.isEmpty, presenting.isEmpty,
      unchecked.isEmpty, !clock.othersWrote, !clock.mustLook
    else { return false }
    let isRunning = slots.values.contains { $0.order != nil }
    if case .demand = settings.goal {
      return clock.isDue(.goal, every: .milliseconds(isRunning ? 500 : 90)) && isDemandMet()
    }
    guard clock.mayBeOver, !isRunning || clock.isDue(.goal, every: .milliseconds(500)) else {
      return false
    }
    clock.mayBeOver = false
    if case .drain = settings.goal {
      let open = try store.openUnits()
      return !isRunning && open == 0
    }
    for target in targets {
      if try !store.isSettled(target) { return false }
    }
    return true
  }

  /// One line for the service manager.
  private func tellStatus() {
    guard let notify, !isStopping else { return }
    let running = slots.values.compactMap { $0.order }
    var parts: [String] = []
    if let reason = pulse?.pauseReason, pulse?.isPaused == true {
      parts.append("paused: \(reason)")
    }
    for order in running {
      let (source, isSource) = (order.claimed.source, order.claimed.isSource)
      let steps = isSource ? source.totalSteps : source.steps
      let step = order.open.values.map(\.step).min() ?? steps
      let what = isSource ? "source" : "\(order.claimed.units.count) variants of"
      parts.append("\(what) \(order.claimed.sourceKey.short) at step \(step) of \(steps)")
    }
    if running.isEmpty { parts.append("idle") }
    if let open = try? store.openUnits(), open > 0 { parts.append("\(open) units open") }
    let status = parts.joined(separator: ", ")
    if status != lastStatus { notify.send("STATUS=\(status)") }
    lastStatus = status
  }
}
