import EditJobs
import Files
import JobStore
import Logging

extension Daemon {
  /// Claims orders for workers that have nothing in hand.
  func claimWhatIsReady() throws(EditError) {
    guard clock.mayClaim, !settings.isPaused, hindrances.isEmpty else { return }
    let barred = verdicts.otherModels.barred.union(doubts.keys.map(\.model))
    while !isStopping {
      let busy = slots.values.filter { $0.order != nil && !$0.isEnding }.count + waiting.count
      guard busy < settings.workers else { return }
      let idle = slots.values.first { $0.order == nil && !$0.isEnding }
      let warm = idle.map { Warm($0.loaded, source: $0.source) }
      let claimed = try store.claim(
        place: idle?.place ?? freePlace(), warm: warm, barred: barred, now: WallClock.now
      ) { model, source in
        verdicts.laneLimits.lanes(model.digest, most: settings.lanes(model.facts, source))
      }
      guard let claimed else {
        clock.mayClaim = false
        return
      }
      guard try hasRoom(for: claimed) else {
        giveBack(RunningOrder(claimed))
        return
      }
      if try !postponesInVain(claimed) { try hand(claimed) }
    }
  }

  /// Gives an order to the worker that has its model, or to a new one.
  private func hand(_ order: ClaimedOrder) throws(EditError) {
    let idle = slots.filter { $0.value.order == nil && !$0.value.isEnding }
    if let (id, _) = idle.first(where: { $0.value.loaded == order.loaded }) {
      return try send(order, to: id)
    }
    waiting.append(order)
    // One process, one model in one compute type with one set of kernels: another one is another
    // process.
    if slots.count >= settings.workers, let (id, slot) = idle.first {
      slots[id]?.isEnding = true
      slot.process.stop()
    }
    try startWaiting()
  }

  /// Starts workers for the orders that wait for one, as processes end.
  func startWaiting() throws(EditError) {
    while slots.count < settings.workers,
      let index = waiting.firstIndex(where: { verdicts.mayStart($0.loaded) })
    {
      let order = waiting.remove(at: index)
      let id = launch(order)
      warnOfMemory(order)
      try send(order, to: id)
    }
  }

  private func send(_ claimed: ClaimedOrder, to id: Int) throws(EditError) {
    let budget = try makeRoomForMaps(claimed)
    let order = claimed.order(results: settings.folder.results, mapsBudget: budget)
    slots[id]?.order = RunningOrder(claimed)
    slots[id]?.source = claimed.sourceKey
    let names = claimed.units.map(\.key.short).joined(separator: " ")
    logger.info(
      "order \(order.token): \(claimed.isSource ? "source" : "variants") \(names)",
      metadata: ["worker": "\(id)"])
    let (source, count) = (claimed.source, claimed.units.count)
    let seconds = try persist { () throws(EditError) in
      try store.stepSeconds(
        claimed.loaded, width: source.width, height: source.height, lanes: count)
    }
    slots[id]?.process.send(order, step: seconds.map { .seconds($0) })
    tellTable()
  }

  /// An order of one lane that may not fit is tried all the same: the estimate may be wrong.
  private func warnOfMemory(_ order: ClaimedOrder) {
    let need = LaneMemory(order.model.facts, order.source).peak(lanes: 1)
    guard need > settings.memoryPerWorker else { return }
    logger.warning(
      """
      \(order.model.folder) needs about \(need >> 20) MiB at \(order.source.width)×\
      \(order.source.height), and a worker may take \(settings.memoryPerWorker >> 20) MiB
      """)
  }

  private func launch(_ order: ClaimedOrder) -> Int {
    let (model, loaded) = (order.model, order.loaded)
    let id = nextWorker
    nextWorker += 1
    let launch = WorkerLaunch(
      program: settings.workerProgram, model: model.folder, loaded: loaded,
      modelBytes: model.facts.weightBytes, threads: settings.threads,
      memory: settings.memoryPerWorker, budget: settings.budget)
    let process = WorkerProcess(id: id, launch: launch, logger: logger) { [inbox] report in
      inbox.yield(.worker(id, report))
    }
    slots[id] = WorkerSlot(process: process, place: freePlace(), loaded: loaded)
    watchdog.watch(id, process.health)
    logger.info(
      "starting a worker for \(model.folder) in \(loaded.manner)",
      metadata: ["worker": "\(id)"])
    Task.detached { await process.run() }
    return id
  }

  /// The lowest place that no worker has.
  private func freePlace() -> String {
    let taken = Set(slots.values.map(\.place))
    return (0...).lazy.map { "local/cpu\($0)" }.first { !taken.contains($0) } ?? "local/cpu0"
  }

  /// Writes down which workers there are.
  func tellTable() {
    let workers = slots.sorted { $0.key < $1.key }.map { _, slot in
      DaemonNote.Worker(
        place: slot.place, model: slot.process.launch.model, compute: slot.loaded.compute,
        kernels: slot.loaded.numerics.kernels, lanes: slot.order?.claimed.units.count ?? 0,
        cpu: slot.cpu)
    }
    let note = DaemonNote(
      pid: ProcessTable.own, startedMs: startedMs, boot: ProcessTable.boot, workers: workers,
      log: settings.log, isOnDemand: settings.goal == .demand ? true : nil)
    guard note != told else { return }
    do {
      try store.setDaemon(note)
      told = note
    } catch {
      say(.note, "who works is not written down: \(error)")
    }
  }
}
