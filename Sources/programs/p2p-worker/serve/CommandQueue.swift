import Dispatch
import EditJobs
import Glibc
import Synchronization

/// What was asked of the worker and not done yet: filled by one thread, looked at by the computing
/// one at step edges and between orders.
final class CommandQueue: Sendable {
  private struct State {
    var orders: [WorkOrder] = []
    var drops: Set<Key> = []
    var isStopping = false
  }

  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  /// Notes a command.
  func add(_ command: WorkerCommand) {
    state.withLock { state in
      switch command {
      case .order(let order): state.orders.append(order)
      case .drop(let unit): state.drops.insert(unit)
      case .stop: state.isStopping = true
      }
    }
    arrived.signal()
  }

  /// Waits for the next order; `nil` when the worker is to stop.
  func next() -> WorkOrder? {
    while true {
      let (order, stops) = state.withLock { state -> (WorkOrder?, Bool) in
        if state.isStopping { return (nil, true) }
        guard !state.orders.isEmpty else {
          // Drops concern orders that are over.
          state.drops = []
          return (nil, false)
        }
        return (state.orders.removeFirst(), false)
      }
      if stops { return nil }
      if let order { return order }
      arrived.wait()
    }
  }

  /// Whether everything is to be left at the next step edge.
  var isStopping: Bool { state.withLock { $0.isStopping } || StopSignal.isRaised }

  /// Whether a unit is to be left at the next step edge; asked once.
  func takesDrop(of unit: Key) -> Bool { state.withLock { $0.drops.remove(unit) != nil } }
}

/// Signals that mean the same as `stop`: what a batch system sends before it takes a job's time away.
enum StopSignal {
  private static let flag = Atomic<Bool>(false)

  /// Whether one has come.
  static var isRaised: Bool { flag.load(ordering: .relaxed) }

  /// From now on TERM and USR1 ask for an end at the next step edge.
  static func listen() {
    for number in [SIGTERM, SIGUSR1] {
      signal(number) { _ in StopSignal.flag.store(true, ordering: .relaxed) }
    }
  }
}
