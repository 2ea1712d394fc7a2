import EditJobs
import PromptToPrompt

extension VariantWork {
  /// One pass of all lanes: counted, written and told, each lane for itself.
  func advance() {
    let lanes = group.lanes
    context.enter(.step, lanes[0].key)
    let start = ContinuousClock.now
    do {
      let result = try group.advance()
      for (lane, error) in result.failures { fail(lane, error) }
      let time = start.duration(to: .now) / .milliseconds(1)
      let each = context.setting.evaluations(lanes: 1)
      // What the source's maps cost is told with the first lane.
      var extra = result.evaluations - each * lanes.count
      for lane in group.lanes {
        guard let attempt = group[lane.key] else { continue }
        do {
          try context.append(
            lane.unit, to: attempt, evaluations: each + extra, milliseconds: time)
          extra = 0
        } catch { fail(lane, error) }
      }
      try context.syncIfDue(group.openFolders)
    } catch { failAll(error) }
  }

  /// Lane → done, or failed. The folder stays open until the whole group is done.
  func publish(_ lane: VariantBatch.Lane) {
    guard let attempt = group[lane.key] else { return }
    do {
      try context.publish(attempt, edit: lane.plan.edit)
    } catch { fail(lane, error) }
  }

  /// Lane → dropped, with its records on the disk.
  func leave(_ lane: VariantBatch.Lane) {
    guard let attempt = group[lane.key] else { return }
    do {
      try context.sync([attempt])
      group.remove(lane.key)
      context.report.dropped(lane.key, at: context.place(after: lane.unit.pass))
    } catch { fail(lane, error) }
  }

  /// Lane → failed.
  func fail(_ lane: VariantBatch.Lane, _ error: any Error) {
    group.remove(lane.key)
    context.report.failed(
      lane.key, UnitFailure(error), at: context.place(after: lane.unit.pass))
  }

  /// Every lane → failed.
  func failAll(_ error: any Error) {
    for lane in group.lanes { fail(lane, error) }
  }
}
