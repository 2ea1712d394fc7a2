import EditJobs
import Files

/// Says what becomes of an order's units, each event with the order's token.
final class OrderReport {
  private let events: EventWriter
  private let token: Int64
  private let passes: Int
  /// Units that are not settled yet.
  private(set) var open: [Key]
  private var hasTransient = false
  private var hasPermanent = false

  init(_ order: WorkOrder, passes: Int, _ events: EventWriter) {
    (self.events, token, self.passes, open) = (events, order.token, passes, order.units)
  }

  /// How a process ends that ran this order alone: done, again later, or failed.
  var status: ExitStatus {
    hasPermanent ? .failed : hasTransient ? .temporary : .ok
  }

  /// An attempt begins where a record stands.
  func begun(_ unit: Key, pass: Int, step: Int) {
    var event = WorkerEvent(.begun, token: token, unit: unit)
    (event.pass, event.step, event.of) = (pass, step, passes)
    events.send(event)
  }

  /// A record is written.
  func step(_ unit: Key, pass: Int, step: Int, evaluations: Int, milliseconds: Double) {
    var event = WorkerEvent(.step, token: token, unit: unit)
    (event.pass, event.step, event.of) = (pass, step, passes)
    (event.evaluations, event.ms) = (evaluations, (milliseconds * 1000).rounded() / 1000)
    events.send(event)
  }

  /// A unit's manifest is written, or stood there before.
  func done(_ unit: Key, manifest: Digest) {
    var event = WorkerEvent(.done, token: token, unit: unit)
    event.manifest = manifest
    settle(event)
  }

  /// A unit was left at a step edge.
  func dropped(_ unit: Key, pass: Int? = nil, step: Int? = nil) {
    hasTransient = true
    var event = WorkerEvent(.dropped, token: token, unit: unit)
    (event.pass, event.step) = (pass, step)
    settle(event)
  }

  /// A unit cannot go on.
  func failed(_ unit: Key, _ failure: UnitFailure, pass: Int? = nil, step: Int? = nil) {
    if failure.isTransient { hasTransient = true } else { hasPermanent = true }
    var event = WorkerEvent(.failed, token: token, unit: unit)
    (event.pass, event.step) = (pass, step)
    (event.code, event.message) = (failure.error.code, failure.error.description)
    event.transient = failure.isTransient
    Log.write("unit \(unit.short): \(failure.error)")
    settle(event)
  }

  /// The order is over.
  func idle() { events.send(WorkerEvent(.idle, token: token)) }

  private func settle(_ event: WorkerEvent) {
    open.removeAll { $0 == event.unit }
    events.send(event)
  }
}
