import EditJobs
import Files
import PromptToPrompt
import ResultFiles

/// Does one order, from its check to the event that says it is over.
struct OrderRun {
  let engine: Engine
  let commands: CommandQueue
  let events: EventWriter

  /// Runs an order and says how a process would end that ran it alone.
  func run(_ order: WorkOrder) -> ExitStatus {
    let report: OrderReport
    do {
      try engine.check(order)
      let setting = try SourceSetting(order.source, model: engine.model)
      report = OrderReport(order, passes: setting.passes, events)
      let context = OrderContext(engine, order, setting, report, commands)
      do {
        try context.results.create()
        if order.variants.isEmpty {
          SourceWork(context).run()
        } else {
          try VariantWork(context).run()
        }
      } catch {
        for unit in report.open { report.failed(unit, UnitFailure(error)) }
      }
    } catch {
      report = OrderReport(order, passes: 0, events)
      for unit in order.units { report.failed(unit, UnitFailure(error)) }
    }
    report.idle()
    return report.status
  }
}
