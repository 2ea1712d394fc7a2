import EditJobs
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion

/// Runs an order's source: pass by pass, maps before the record, the record before its event.
struct SourceWork {
  let context: OrderContext
  private var order: WorkOrder { context.order }

  init(_ context: OrderContext) { self.context = context }

  /// Runs the source to its manifest, or to the step edge where it is to be left.
  func run() {
    let key = order.sourceKey
    if let manifest = UnitAttempt.published(context.source, context.engine.fingerprint) {
      return context.report.done(key, manifest: manifest)
    }
    var pass: Int?
    do {
      let attempt = try UnitAttempt(context.source, context)
      pass = attempt.writer.last?.pass
      let prompt = try context.context(order.source.prompt, unit: key, name: "prompt")
      var run = SourceRun(
        context.setting, context: prompt, from: try attempt.begin(context),
        trail: try context.trail(of: attempt))
      var maps = MapRecording(context, run.setting)
      while !run.isComplete {
        pass = run.unit.pass
        if context.isStepEdge(run.unit.pass) {
          if context.isStopping || context.takesDrop(of: key) {
            try context.sync([attempt])
            return context.report.dropped(key, at: context.place(after: run.unit.pass))
          }
          try context.engine.watch.check()
        }
        try advance(&run, &maps, attempt)
      }
      pass = run.unit.pass
      context.engine.trim()
      try context.publish(attempt)
    } catch {
      context.report.failed(key, UnitFailure(error), at: pass.map(context.place))
    }
  }

  /// One pass and its maps, then the record that makes them count, then the event.
  func advance(
    _ run: inout SourceRun, _ maps: inout MapRecording, _ attempt: UnitAttempt
  ) throws {
    context.enter(.step, order.sourceKey)
    let start = ContinuousClock.now
    let result = try maps.record(pass: run.unit.pass) { try run.advance(keeping: $0) }
    try context.append(
      run.unit, to: attempt, evaluations: result.evaluations,
      milliseconds: start.duration(to: .now) / .milliseconds(1))
    try context.syncIfDue([attempt])
  }
}
