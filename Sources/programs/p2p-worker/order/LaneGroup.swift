import EditJobs
import PromptToPrompt
import ResultFiles

/// Variants that stand at one pass and run to their ends together; others join where they stand.
struct LaneGroup {
  private let work: VariantWork
  private var context: OrderContext { work.context }
  private var batch: VariantBatch
  private var attempts: [Key: UnitAttempt]

  init(_ work: VariantWork, _ members: [VariantWork.Standing]) {
    self.work = work
    batch = VariantBatch(
      work.context.setting, lanes: members.map(\.lane), maps: work.maps,
      source: work.trajectory.record)
    attempts = Dictionary(
      uniqueKeysWithValues: members.map { ($0.lane.key, $0.attempt) })
  }

  /// Runs until all lanes are settled, or the worker is to stop.
  consuming func run() {
    while true {
      if let pass = batch.lanes.first?.unit.pass, context.isStepEdge(pass) {
        if context.isStopping { return leaveAll() }
        do { try context.engine.watch.check() } catch {
          work.modelError = error
          return failAll(error)
        }
        dropWhatIsNotWanted()
        takeStanding(at: pass)
        splitForks(at: pass)
      }
      if batch.isComplete { break }
      advance()
    }
    // What a step held and what decoding holds need not be there at a time.
    context.engine.trim()
    for lane in batch.lanes { publish(lane) }
    context.engine.trim()
  }

  /// One pass of all lanes: counted, written and told, each lane for itself.
  private mutating func advance() {
    let lanes = batch.lanes
    context.enter(.step, lanes[0].key)
    let start = ContinuousClock.now
    do {
      let result = try batch.advance()
      for (lane, error) in result.failures { fail(lane, error) }
      let time = start.duration(to: .now) / .milliseconds(1)
      let each = context.setting.evaluations(lanes: 1)
      // What the source's maps cost is told with the first lane.
      var extra = result.evaluations - each * lanes.count
      for lane in batch.lanes {
        guard let attempt = attempts[lane.key] else { continue }
        do {
          try context.append(
            lane.unit, to: attempt, evaluations: each + extra, milliseconds: time)
          extra = 0
        } catch { fail(lane, error) }
      }
      try context.syncIfDue(batch.lanes.compactMap { attempts[$0.key] })
    } catch { failAll(error) }
  }

  private mutating func failAll(_ error: any Error) {
    for lane in batch.lanes { fail(lane, error) }
  }

  private mutating func dropWhatIsNotWanted() {
    for lane in batch.lanes where context.takesDrop(of: lane.key) { leave(lane) }
  }

  private mutating func leaveAll() {
    for lane in batch.lanes { leave(lane) }
  }

  private mutating func leave(_ lane: VariantBatch.Lane) {
    guard let attempt = attempts[lane.key] else { return }
    do {
      try context.sync([attempt])
      batch.remove(lane.key)
      attempts[lane.key] = nil
      context.report.dropped(lane.key, at: context.place(after: lane.unit.pass))
    } catch { fail(lane, error) }
  }

  /// Units of the order that stand where the lanes have come to go on with them, as long as there is
  /// room.
  private mutating func takeStanding(at pass: Int) {
    for key in context.order.units where batch.lanes.count < work.limit {
      guard let member = work.standing[key], member.lane.unit.pass == pass else { continue }
      work.standing[key] = nil
      attempts[key] = member.attempt
      batch.add(member.lane)
    }
  }

  /// Forks whose trunk runs here part from it where they are to, as long as there is room.
  private mutating func splitForks(at pass: Int) {
    for variant in work.waiting {
      guard let trunk = variant.trunk, attempts[trunk.key] != nil,
        context.pass(atStep: trunk.step) == pass, batch.lanes.count < work.limit
      else { continue }
      work.waiting.removeAll { $0.key == variant.key }
      guard let member = work.open(variant) else { continue }
      if member.lane.unit.pass == pass {
        attempts[variant.key] = member.attempt
        batch.add(member.lane)
      } else {
        work.standing[variant.key] = member
      }
    }
  }

  private mutating func fail(_ lane: VariantBatch.Lane, _ error: any Error) {
    batch.remove(lane.key)
    attempts[lane.key] = nil
    context.report.failed(
      lane.key, UnitFailure(error), at: context.place(after: lane.unit.pass))
  }

  private mutating func publish(_ lane: VariantBatch.Lane) {
    guard let attempt = attempts[lane.key] else { return }
    do {
      try context.publish(attempt, edit: lane.plan.edit)
    } catch { fail(lane, error) }
  }
}
