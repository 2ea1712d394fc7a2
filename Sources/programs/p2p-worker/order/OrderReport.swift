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
  func begun(_ unit: Key, at place: UnitReport.Place) { say(unit, .begun(place, of: passes)) }

  /// A record is written.
  func step(_ unit: Key, at place: UnitReport.Place, evaluations: Int, milliseconds: Double) {
    let ms = (milliseconds * 1000).rounded() / 1000
    say(unit, .step(UnitReport.Record(place, of: passes, evaluations: evaluations, ms: ms)))
  }

  /// A unit's manifest is written, or stood there before.
  func done(_ unit: Key, manifest: Digest) { settle(unit, .done(manifest: manifest)) }

  /// A unit was left at a step edge; `nil` where no attempt had begun.
  func dropped(_ unit: Key, at place: UnitReport.Place? = nil) {
    hasTransient = true
    settle(unit, .dropped(place))
  }

  /// A unit cannot go on; `nil` where no record stands.
  func failed(_ unit: Key, _ failure: UnitFailure, at place: UnitReport.Place? = nil) {
    if failure.isTransient { hasTransient = true } else { hasPermanent = true }
    Log.write("unit \(unit.short): \(failure.error)")
    settle(unit, .failed(failure.refusal, place))
  }

  /// The order is over.
  func idle() { events.send(.idle(token: token)) }

  private func settle(_ unit: Key, _ event: UnitReport) {
    open.removeAll { $0 == unit }
    say(unit, event)
  }

  private func say(_ unit: Key, _ event: UnitReport) {
    events.send(.unit(unit, token: token, event))
  }
}
