import EditJobs
import Files
import Glibc
import JobStore
import Logging
import ResultFiles

extension Daemon {
  /// What a worker said.
  func note(_ event: WorkerEvent, from id: Int) throws(EditError) {
    guard let slot = slots[id] else { return }
    switch event {
    case .ready(let ready): return try noteReady(ready, from: id)
    case .refused(let refusal, token: nil) where !slot.isReady:
      slots[id]?.refusal = refusal
      return
    case .alive, .unit, .refused, .idle: break
    }
    guard let order = slot.order, event.token == order.token else {
      logger.warning("\(event.word) of order \(event.token ?? -1) is stale")
      return
    }
    switch event {
    case .unit(let key, _, let event): try note(event, of: key, order, from: id)
    case .idle: try noteIdle(order, from: id)
    case .ready, .alive, .refused: break
    }
  }

  /// What happened to a unit of a running order.
  private func note(_ event: UnitReport, of key: Key, _ order: RunningOrder, from id: Int)
    throws(EditError)
  {
    guard var unit = order.open[key] else { return }
    switch event {
    case .begun(let place, _):
      unit.step = order.step(at: place)
      (unit.began, unit.isBegun) = (unit.step, true)
      slots[id]?.order?.open[key] = unit
      try persist { () throws(EditError) in
        try store.begun(key, token: order.token, step: unit.step, now: WallClock.now)
      }
    case .step(let record):
      unit.step = order.step(at: record.place)
      unit.evaluations += record.evaluations
      unit.ms += record.ms
      unit.isNew = true
      slots[id]?.order?.open[key] = unit
      if let slot = slots[id] { verdicts.otherModels.isRight(slot.loaded) }
    case .done(let manifest): try noteDone(key, manifest, order: order, from: id)
    case .dropped(let place):
      try close(key, from: id)
      let step = place.map(order.step) ?? unit.step
      try persist { () throws(EditError) in
        try store.park(
          key, token: order.token, step: step, goesOn: !isStopping, now: WallClock.now)
      }
      noteChange()
    case .failed(let refusal, let place):
      try noteFailed(key, refusal, at: place, order: order, from: id)
    }
  }

  private func noteReady(_ ready: WorkerEvent.Ready, from id: Int) throws(EditError) {
    guard let slot = slots[id] else { return }
    if let mismatch = MachineFacts.mismatch(
      protocol: ready.protocol, revision: Numerics.revision(ofFingerprint: ready.fingerprint ?? ""))
    {
      slots[id]?.mismatch = mismatch
      slot.process.end(.protocolError(mismatch))
      return
    }
    slots[id]?.isReady = true
    installationTries = 0
    doubts[slot.loaded] = nil
    slots[id]?.cpu = ready.cpu
    verdicts.started(slot.loaded)
    if let kernels = ready.nativeKernels { try noteNative(.kernels(kernels)) }
    logger.info(
      "ready", metadata: ["worker": "\(id)", "fingerprint": "\(ready.fingerprint ?? "")"])
    tellTable()
  }

  private func noteDone(_ key: Key, _ manifest: Digest, order: RunningOrder, from id: Int)
    throws(EditError)
  {
    slots[id]?.order?.done += 1
    try close(key, from: id)
    let now = WallClock.now
    let isOurs = try persist { () throws(EditError) in
      try store.finish(key, token: order.token, manifest: manifest, now: now)
    }
    if order.claimed.isSource { try measureMaps(of: key) }
    repetitions.end(.unit(key))
    let results = ResultFolder(settings.folder.results)
    let folder = order.claimed.isSource ? results.source(key) : results.variant(key)
    if access(folder.picture, F_OK) == 0 {
      hollow.remove(key)
    } else {
      hollow.insert(key)
      logger.warning("unit \(key.short) is done, and its worker left no picture")
    }
    if isOurs { try markStale(wanting: key) }
    noteChange()
  }

  private func noteFailed(
    _ key: Key, _ refusal: WorkerEvent.Refusal, at place: UnitReport.Place?, order: RunningOrder,
    from id: Int
  ) throws(EditError) {
    let gained = order.open[key].map { $0.step > $0.began } ?? false
    let step = place.map(order.step) ?? order.open[key]?.step ?? 0
    try close(key, from: id)
    var failure = Failure(
      code: refusal.code, message: refusal.message, step: step, outcome: .failed, next: .never)
    let meaning = FailureMeaning(rawValue: refusal.code)
    switch meaning {
    case .sourceMissing, .unitBusy, .nativeUnavailable:
      // Not the unit's fault: another process writes there, its source has to be made first, or this
      // worker's kernels are not the order's.
      (failure.next, failure.counts) = (verdicts.next(key, gained: gained), false)
    case .notAllowed,
      .fileMissing where areRootsRefused:
      // An owner, a mode or a mount has to be put right, of its folder or of all.
      (failure.next, failure.counts) = (verdicts.next(key, gained: false), false)
      mustLookAtRoots = true
    case .diskFull:
      // The disk's fault, not the unit's.
      (failure.next, failure.counts) = (.again, false)
      space.isFull = true
    case .modelChanged, .modelChanging:
      // The files' fault: when the order is over, it is decided how long nothing of the model runs.
      (failure.next, failure.counts) = (.again, false)
      if let slot = slots[id] { verdicts.otherModels.bar(slot.loaded) }
      slots[id]?.order?.otherModel = refusal
    case .outOfMemory where halveLanes(order):
      (failure.next, failure.counts) = (.again, false)
    case .fileMissing, .outOfMemory, nil:
      if refusal.isTransient { failure.next = verdicts.next(key, gained: gained) }
    }
    try fail(key, order: order, failure)
    if meaning == .sourceMissing {
      let source = order.claimed.sourceKey
      let step = stepsOnDisk(source)
      try persist { () throws(EditError) in
        try store.damaged(source, step: step, now: WallClock.now)
      }
    }
  }

  /// An attempt ended without a result.
  func fail(_ key: Key, order: RunningOrder, _ failure: Failure) throws(EditError) {
    let state = try persist { () throws(EditError) in
      try store.fail(key, token: order.token, failure, now: WallClock.now)
    }
    say(
      .unit(key),
      "unit \(key.short): \(failure.code): \(failure.message) (now \(state?.rawValue ?? "stale"), at "
        + "step \(failure.step))")
    if state == .failed {
      verdicts.failedUnits += 1
      try markStale(wanting: key)
    }
    noteChange()
  }

  /// Takes a unit out of its order after its last numbers are written down.
  func close(_ key: Key, from id: Int) throws(EditError) {
    if slots[id]?.order?.open[key]?.isNew == true { try writeProgress() }
    slots[id]?.order?.open[key] = nil
  }

  /// The order is over: the worker is free.
  private func noteIdle(_ order: RunningOrder, from id: Int) throws(EditError) {
    for (key, unit) in order.open {
      let failure = Failure(
        code: "order-ended-early", message: "the worker ended its order without this unit",
        step: unit.step, outcome: .failed,
        next: verdicts.next(key, gained: unit.step > unit.began))
      try close(key, from: id)
      try fail(key, order: order, failure)
    }
    if order.done == order.claimed.units.count { noteGoodOrder(order) }
    if let found = order.otherModel, let slot = slots[id] {
      try noteOtherModel(slot.loaded, found)
    }
    slots[id]?.order = nil
    slots[id]?.process.health.rest()
    clock.mayClaim = true
    // The worker waits: not for the next turn.
    inbox.yield(.tick)
    tellTable()
  }

  private var areRootsRefused: Bool { Roots(folder: settings.folder).refusal() != nil }
}
