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
    if event.event == .ready { return try noteReady(event, from: id) }
    if event.event == .failed, event.token == nil, !slot.isReady {
      slots[id]?.refusal = event
      return
    }
    guard let order = slot.order, event.token == order.token else {
      logger.warning("\(event.event.rawValue) of order \(event.token ?? -1) is stale")
      return
    }
    if event.event == .idle { return try noteIdle(order, from: id) }
    guard let key = event.unit, var unit = order.open[key] else { return }
    let now = wallClockMs()
    switch event.event {
    case .begun:
      unit.step = order.step(event) ?? 0
      (unit.began, unit.isBegun) = (unit.step, true)
      slots[id]?.order?.open[key] = unit
      try persist { () throws(EditError) in
        try store.begun(key, token: order.token, step: unit.step, now: now)
      }
    case .step:
      unit.step = order.step(event) ?? unit.step
      unit.evaluations += event.evaluations ?? 0
      unit.ms += event.ms ?? 0
      unit.isNew = true
      slots[id]?.order?.open[key] = unit
      verdicts.otherModels.isRight(slot.loaded)
    case .done: try noteDone(key, event, order: order, from: id)
    case .dropped:
      try close(key, from: id)
      let step = order.step(event) ?? unit.step
      try persist { () throws(EditError) in
        try store.park(key, token: order.token, step: step, goesOn: !isStopping, now: now)
      }
      noteChange()
    case .failed: try noteFailed(key, event, order: order, from: id)
    case .ready, .idle, .alive: break
    }
  }

  private func noteReady(_ event: WorkerEvent, from id: Int) throws(EditError) {
    guard let slot = slots[id] else { return }
    let speaks = event.protocol ?? 0
    if let mismatch = MachineFacts.mismatch(
      protocol: speaks, revision: Numerics.revision(ofFingerprint: event.fingerprint ?? ""))
    {
      slots[id]?.mismatch = mismatch
      slot.process.end(.protocolError(mismatch))
      return
    }
    slots[id]?.isReady = true
    installationTries = 0
    doubts[slot.loaded] = nil
    slots[id]?.cpu = event.cpu
    verdicts.started(slot.loaded)
    if let kernels = event.nativeKernels { try noteNative(.kernels(kernels)) }
    logger.info(
      "ready", metadata: ["worker": "\(id)", "fingerprint": "\(event.fingerprint ?? "")"])
    tellTable()
  }

  private func noteDone(_ key: Key, _ event: WorkerEvent, order: RunningOrder, from id: Int)
    throws(EditError)
  {
    guard let manifest = event.manifest else {
      slots[id]?.process.end(.protocolError("done without a manifest"))
      return
    }
    slots[id]?.order?.done += 1
    try close(key, from: id)
    let now = wallClockMs()
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

  private func noteFailed(_ key: Key, _ event: WorkerEvent, order: RunningOrder, from id: Int)
    throws(EditError)
  {
    let gained = order.open[key].map { $0.step > $0.began } ?? false
    let step = order.step(event) ?? order.open[key]?.step ?? 0
    try close(key, from: id)
    let code = event.code ?? "worker-failed"
    var failure = Failure(
      code: code, message: event.message ?? code, step: step, outcome: .failed, next: .never)
    if ["source-missing", "unit-busy", "native-unavailable"].contains(code) {
      // Not the unit's fault: another process writes there, its source has to be made first, or this
      // worker's kernels are not the order's.
      (failure.next, failure.counts) = (verdicts.next(key, gained: gained), false)
    } else if code == "not-allowed" || (code == "file-missing" && areRootsRefused) {
      // An owner, a mode or a mount has to be put right, of its folder or of all.
      (failure.next, failure.counts) = (verdicts.next(key, gained: false), false)
      mustLookAtRoots = true
    } else if code == "disk-full" {
      // The disk's fault, not the unit's.
      (failure.next, failure.counts) = (.again, false)
      space.isFull = true
    } else if OtherModels.codes.contains(code), let slot = slots[id] {
      // The files' fault: when the order is over, it is decided how long nothing of the model runs.
      (failure.next, failure.counts) = (.again, false)
      verdicts.otherModels.bar(slot.loaded)
      slots[id]?.order?.otherModel = (code, failure.message)
    } else if code == "out-of-memory", halveLanes(order) {
      (failure.next, failure.counts) = (.again, false)
    } else if event.transient == true {
      failure.next = verdicts.next(key, gained: gained)
    }
    try fail(key, order: order, failure)
    if code == "source-missing" {
      let source = order.claimed.sourceKey
      let step = stepsOnDisk(source)
      try persist { () throws(EditError) in
        try store.damaged(source, step: step, now: wallClockMs())
      }
    }
  }

  /// An attempt ended without a result.
  func fail(_ key: Key, order: RunningOrder, _ failure: Failure) throws(EditError) {
    let state = try persist { () throws(EditError) in
      try store.fail(key, token: order.token, failure, now: wallClockMs())
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
      try noteOtherModel(slot.loaded, code: found.code, message: found.message)
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
