import ArgumentParser
import EditJobs
import Files

/// `p2p-worker serve`: orders from standard input, events on standard output.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do the orders that come on standard input, for p2pd.")

  @Option(help: ArgumentHelp("The model's folder.", valueName: "dir"))
  var model: String

  @Option(help: ArgumentHelp("What the model's digest must be.", valueName: "sha256"))
  var digest: String

  @Option(
    help: ArgumentHelp("The kernels that native numerics must be computed with.", valueName: "name")
  )
  var kernels: String?

  @OptionGroup var options: ComputeOptions

  func validate() throws {
    guard kernels == nil || options.numerics == .native else {
      throw ValidationError("--kernels is for --numerics native")
    }
    guard Digest(hex: digest) != nil else {
      throw ValidationError("--digest is not 64 hexadecimal digits: \(digest)")
    }
  }

  func run() {
    ProcessStart.run {
      let events = EventWriter()
      let place = options.engine(model: model, digest: Digest(hex: digest))
      do { try Devices.check(place, kernels: kernels) } catch {
        events.send(.refused(UnitFailure(error).refusal, token: nil))
        throw error
      }
      ProcessStart.volunteerForOutOfMemory()
      ProcessStart.openToSignals()
      let commands = CommandQueue()
      CommandReader(commands, events).start()
      let engine = try Self.engine(place, events)
      events.send(engine.ready)
      let orders = OrderRun(engine: engine, commands: commands, events: events)
      while let order = commands.next() {
        _ = orders.run(order)
        engine.trim()
      }
    }
  }
}

extension Serve {
  /// Loads the model; that its files are not those that were asked for is said to the daemon, too, which
  /// waits for them.
  private static func engine(_ place: EngineOptions, _ events: EventWriter) throws -> Engine {
    do { return try Engine(place, Heartbeat(events)) } catch {
      var failure = UnitFailure(error)
      if FailureMeaning(rawValue: failure.error.code)?.isOtherModel == true {
        failure.isTransient = true
        events.send(.refused(failure.refusal, token: nil))
      }
      throw error
    }
  }
}

extension UnitFailure {
  /// The failure as events say it.
  var refusal: WorkerEvent.Refusal {
    WorkerEvent.Refusal(
      code: error.code, message: error.description, isTransient: isTransient)
  }
}

extension Engine {
  /// What is said first.
  var ready: WorkerEvent {
    .ready(
      WorkerEvent.Ready(
        digest: digest, fingerprint: fingerprint, cpu: cpu, nativeKernels: numerics.kernels))
  }
}
