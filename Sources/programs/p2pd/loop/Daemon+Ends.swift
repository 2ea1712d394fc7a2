import EditJobs
import Files
import JobStore
import Logging
import SiblingPrograms

extension Daemon {
  /// A worker process is gone: what follows for its units.
  func settle(_ end: WorkerEnd, of id: Int) throws(EditError) {
    guard let slot = slots[id] else { return }
    watchdog.watch(id, nil)
    // Whatever cannot be written down: the process is gone.
    defer {
      slots[id] = nil
      noteChange()
      tellTable()
    }
    try writeProgress()
    if end.isOrderly || isStopping {
      logger.info("worker ended", metadata: ["worker": "\(id)"])
      if let order = slot.order { try park(order) }
    } else {
      say(
        .end(slot.loaded),
        "worker \(end.sentence)" + (end.words.isEmpty ? "" : "; its last words: \(end.words)"))
      if !slot.isReady {
        try noteDeadStart(end, slot)
      } else if let order = slot.order {
        try judge(end, order)
      }
    }
  }

  /// Units that were left at a step edge; nothing counts.
  private func park(_ order: RunningOrder) throws(EditError) {
    for (key, unit) in order.open {
      try persist { () throws(EditError) in
        try store.park(key, token: order.token, step: unit.step, now: WallClock.now)
      }
    }
  }

  /// A model's worker died before it was ready: no unit's fault, until it happens again and again
  /// although the program itself can be run, or the worker said that it always will. Where it said that
  /// it may pass, its units wait.
  private func noteDeadStart(_ end: WorkerEnd, _ slot: WorkerSlot) throws(EditError) {
    if let refusal = slot.refusal, FailureMeaning(rawValue: refusal.code)?.isOtherModel == true {
      for (key, unit) in slot.order?.open ?? [:] {
        guard let order = slot.order else { continue }
        let failure = Failure(
          code: refusal.code, message: refusal.message, step: unit.step, outcome: .failed,
          next: .again, counts: false)
        try fail(key, order: order, failure)
      }
      return try noteOtherModel(slot.loaded, refusal)
    }
    if let order = slot.order { giveBack(order) }
    if let refusal = slot.refusal {
      return refusal.isTransient
        ? try postpone(slot.loaded, code: refusal.code, message: refusal.message)
        : try giveUp(slot.loaded, code: refusal.code, message: refusal.message)
    }
    let program = settings.workerProgram.place
    if let mismatch = slot.mismatch {
      return try noteBrokenWorker("\(program) is of another version: \(mismatch)")
    }
    let words = end.words.isEmpty ? "" : ": \(end.words)"
    guard end.hasBegun else { return try noteBrokenWorker("\(program) cannot be started\(words)") }
    // The program's fault or the model's: the program is asked.
    let isLast = verdicts.diedAtStart(slot.loaded)
    doubts[slot.loaded] = .some(
      isLast ? "the model does not load: the worker \(end.sentence)\(words)" : nil)
    askWorker()
  }

  /// A model's files are not those of its digest: it is waited for, until the same other ones have been
  /// found a few times.
  func noteOtherModel(_ loaded: LoadedModel, _ refusal: WorkerEvent.Refusal) throws(EditError) {
    for order in waiting where order.loaded == loaded { giveBack(RunningOrder(order)) }
    waiting.removeAll { $0.loaded == loaded }
    guard verdicts.otherModels.found(loaded, refusal) else { return }
    try giveUp(loaded, code: refusal.code, message: refusal.message)
  }

  /// Fails everything that waits for a model in a compute type with kernels.
  func giveUp(_ loaded: LoadedModel, code: String, message: String) throws(EditError) {
    let failed = try persist { () throws(EditError) in
      try store.failModel(
        loaded, code: code, message: message, now: WallClock.now)
    }
    verdicts.failedUnits += failed.count
    logger.error("\(message)", metadata: ["units": "\(failed.count)"])
    for key in failed { try markStale(wanting: key) }
  }

  /// A worker died with an order in hand.
  private func judge(_ end: WorkerEnd, _ order: RunningOrder) throws(EditError) {
    let lanes = order.lanes
    if end.outOfMemory, halveLanes(order) { return giveBack(order) }
    var isHung = false
    if case .hung = end.cause { isHung = true }
    for (key, unit) in order.open {
      let gained = unit.step > unit.began
      var failure = Failure(
        code: end.outOfMemory ? "out-of-memory" : isHung ? "worker-hung" : "worker-crashed",
        message: "the worker \(end.sentence)", step: unit.step,
        outcome: isHung ? .hung : .crashed, next: .again)
      if !end.words.isEmpty { failure.message += ": \(end.words)" }
      // Among several nobody knows whose fault it was: each runs alone next time, which the job
      // table sees to.
      if lanes == 1 { failure.next = verdicts.next(key, gained: gained) }
      try fail(key, order: order, failure)
    }
  }

  /// Memory was too little for an order: the next ones have fewer lanes. `false` where it had one.
  func halveLanes(_ order: RunningOrder) -> Bool {
    let (model, lanes) = (order.claimed.model, order.lanes)
    guard let limit = verdicts.laneLimits.halve(model.digest, lanes: lanes) else {
      logger.error("out of memory with one lane of \(model.folder)")
      return false
    }
    logger.warning(
      """
      out of memory with \(lanes) lanes of \(model.folder): \(limit.lanes) at most from now on, one \
      more after \(limit.patience) good order\(limit.patience == 1 ? "" : "s")
      """)
    return true
  }

  /// An order went well to its end: lanes that memory had cost may come back.
  func noteGoodOrder(_ order: RunningOrder) {
    let model = order.claimed.model
    let most = settings.lanes(model.facts, order.claimed.source)
    let lanes = order.claimed.units.count
    if let now = verdicts.laneLimits.worked(model.digest, lanes: lanes, most: most) {
      logger.notice("\(lanes) lanes of \(model.folder) fit: \(now) of \(most) from now on")
    }
  }
}
