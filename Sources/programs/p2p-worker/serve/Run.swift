import ArgumentParser
import EditJobs
import Files
import Foundation

/// `p2p-worker run`: one order from a file, without a daemon.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do one order from a file, for batch systems.",
    discussion: """
      Writes the same events as serve. Ends with 0 when every unit is done, 75 when running it again
      may help (a unit was left at a step edge, or failed for a reason that passes), 1 when a unit
      failed for good. TERM and USR1 leave the units at the next step edge.
      """)

  @Argument(help: ArgumentHelp("The order as JSON.", valueName: "order.json"))
  var order: String

  @OptionGroup var options: ComputeOptions

  func run() {
    ProcessStart.run {
      let order = try OrderFile.read(order)
      let place = options.engine(for: order)
      try Devices.check(place, kernels: order.source.numerics.kernels)
      ProcessStart.volunteerForOutOfMemory()
      StopSignal.listen()
      ProcessStart.openToSignals()
      let events = EventWriter()
      let engine = try Engine(place, Heartbeat(events))
      events.send(engine.ready)
      let run = OrderRun(engine: engine, commands: CommandQueue(), events: events)
      Foundation.exit(run.run(order).rawValue)
    }
  }
}

/// An order in a file.
enum OrderFile {
  /// Reads an order; throws `order-missing` or `bad-order`.
  static func read(_ path: String) throws -> WorkOrder {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw EditError("order-missing", .missing, "\(path) cannot be read")
    }
    do {
      return try JSONDecoder().decode(WorkOrder.self, from: bytes)
    } catch {
      throw EditError("bad-order", .data, "\(path) is not an order", details: ["\(error)"])
    }
  }
}
