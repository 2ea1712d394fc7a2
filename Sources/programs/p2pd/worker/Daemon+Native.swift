import EditJobs
import Files
import Foundation
import JobStore
import Logging

/// Native numerics: what this machine has for them, and orders that wait for it.
extension Daemon {
  /// Looks again every 5 s while something waits for kernels.
  func askForNativeAgain() {
    guard waitsForNative, pulse?.nextDueMs != nil, clock.isDue(.native, every: .seconds(5))
    else { return }
    askWorker()
  }

  /// Writes down what this machine has for native numerics, and lets what waits for kernels try
  /// again, where that is news.
  func noteNative(_ found: NativeSupport) throws(EditError) {
    guard found != native else { return }
    native = found
    switch found {
    case .kernels(let name): logger.info("native numerics are \(name)")
    case .missing(let reason): logger.info("no native numerics: \(reason)")
    }
    try writeCPUs()
    verdicts.forgetRefusals()
    waitsForNative = false
    try persist { () throws(EditError) in
      try store.hasten(
        code: FailureMeaning.nativeUnavailable.rawValue, now: WallClock.now)
    }
    noteChange()
  }

  /// Writes down what workers compute on: they run on this machine alone, so its CPUs are theirs.
  func writeCPUs() throws(EditError) {
    let facts = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    var cpus = facts.map { [WorkerCPU(place: "local", cpuinfo: $0)] } ?? []
    for index in cpus.indices { cpus[index].native = native }
    try persist { () throws(EditError) in try store.setWorkerCPUs(cpus, now: WallClock.now) }
  }

  /// Puts an order back whose native kernels this machine is known not to have: no worker is started
  /// in vain, and none that is warm has to go for it. `false` where it may be started.
  func postponesInVain(_ order: ClaimedOrder) throws(EditError) -> Bool {
    guard let kernels = order.source.numerics.kernels,
      let refusal = native?.refusal(of: kernels)
    else { return false }
    giveBack(RunningOrder(order))
    try postpone(order.loaded, code: refusal.code, message: refusal.description)
    return true
  }

  /// What is ready for a worker that cannot serve now waits 1 s, 2 s, 4 s … a minute; nothing counts.
  func postpone(_ loaded: LoadedModel, code: String, message: String) throws(EditError) {
    let due = verdicts.nextStart(loaded)
    let units = try persist { () throws(EditError) in
      try store.postpone(loaded, code: code, message: message, dueMs: due, now: WallClock.now)
    }
    say(.model(loaded), "\(code): \(message) (\(units.count) waiting)")
    // The library may have come, or become another, since somebody looked.
    if loaded.numerics.mode == .native {
      waitsForNative = true
      askWorker()
    }
    noteChange()
  }
}
