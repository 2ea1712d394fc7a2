import ArgumentParser
import Files
import Foundation
import JobStore
import Logging
import Planner
import SiblingPrograms

/// `p2pd run`: the daemon itself.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the daemon (the default).")

  @Option(help: "The state folder: job table and lock, on a local disk.")
  var state: String?
  @Option(help: "The results folder.")
  var results: String?
  @Flag(help: "End when nothing is left to do; status 1 if something failed.")
  var embedded = false
  @Option(
    parsing: .upToNextOption,
    help: "End when these sweeps, cells or units are settled; status 1 if one failed.")
  var until: [String] = []
  @Flag(
    help: "End two seconds after everything is settled that verbs like p2p wait have asked for.")
  var onDemand = false
  @Option(help: "A settings file, in the place of yours and the system's.")
  var config: String?
  @Option(help: "Worker processes (1).")
  var workers: String?
  @Option(help: "Threads of each worker; by default the cores are shared out.")
  var threads: String?
  @Option(help: "Memory of all workers together, in bytes (8GiB) or of what is free now (60%).")
  var memory: String?
  @Option(name: .customLong("maps-quota"), help: "Disk for sources' attention maps (20GiB).")
  var mapsQuota: String?
  @Flag(
    name: .customLong("keep-maps"),
    help: "Keep the maps that are stored: those of new sources that do not fit are made again.")
  var keepMaps = false
  @Option(help: "The worker program; by default p2p-worker beside p2pd, else in PATH.")
  var worker: String?
  @Flag(help: "Claim nothing.")
  var paused = false
  @Option(
    name: .customLong("log-level"),
    help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel = LogLevel.info
  @Option(
    name: .customLong("log-file"),
    help: "Write the log to this file, which is put aside as FILE.1 at 10 MB; else standard error.")
  var logFile: String?

  func validate() throws {
    guard [embedded, !until.isEmpty, onDemand].count(where: { $0 }) <= 1 else {
      throw ValidationError("--embedded, --until and --on-demand exclude each other")
    }
  }

  func run() async throws {
    try DescriptorRoom.check(DescriptorRoom.daemon, "p2pd cannot work")
    let environment = ProcessInfo.processInfo.environment
    let configuration = try Configuration(file: config, environment: environment)
    let folder = StateFolder.resolved(
      state: configuration.value(.state, option: ("--state", state))?.text,
      results: configuration.value(.results, option: ("--results", results))?.text,
      environment: environment)
    let settings = try settings(folder, configuration, environment)
    try folder.create()
    // Whoever started us may want its working folder back.
    if onDemand { _ = FileManager.default.changeCurrentDirectoryPath(folder.path) }
    let lock = try FolderLock.take(folder)
    let (stop, watchdog) = (StopSwitch(), Watchdog())
    // Who waits for another process lives, and waits no longer than anybody wants it to.
    let patience = Patience {
      watchdog.beat()
      return stop.mayWait
    }
    let store = try JobStore(folder, holdsLock: true, patience: patience)
    let logger = try logger()
    if let remark = store.renewedRemark { logger.notice("\(remark)") }
    let daemon = Daemon(
      settings: settings, store: store, logger: logger,
      notify: SystemdNotify(environment: environment), stop: stop, watchdog: watchdog)
    let status = try await Self.serve(daemon)
    // Held until here: nobody else may serve the folder meanwhile.
    withExtendedLifetime(lock) {}
    if status != .ok { throw ExitCode(status.rawValue) }
  }

  private static func serve(_ daemon: Daemon) async throws -> ExitStatus {
    let (inbox, stop) = (daemon.inbox, daemon.stop)
    let signals = await StopSignals(ends) {
      stop.press()
      inbox.yield(.stop)
    }
    defer { signals.cancel() }
    return try await daemon.run()
  }

  /// What ends the daemon in order: a closed terminal too, unless it was told to outlive that.
  private static var ends: [Int32] {
    var before = sigaction()
    sigaction(SIGHUP, nil, &before)
    let isIgnored = unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1
    return [SIGTERM, SIGINT] + (isIgnored ? [] : [SIGHUP])
  }

  private func settings(
    _ folder: StateFolder, _ configuration: Configuration, _ environment: [String: String]
  ) throws(EditError) -> Settings {
    let workers = try configuration.workers(option: ("--workers", workers))
    let threads = try configuration.integer(
      .threads, option: ("--threads", threads), in: 1...1024)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return Settings(
      folder: folder, goal: goal,
      workers: workers, threads: threads ?? max(1, cores / workers),
      memory: try configuration.memory(option: ("--memory", memory)),
      mapsQuota: try configuration.mapsQuota(option: ("--maps-quota", mapsQuota)),
      keepsMaps: keepMaps,
      workerProgram: worker.map { SiblingProgram(path: $0) }
        ?? SiblingProgram(named: "p2p-worker"), isPaused: paused,
      budget: HangBudget(environment: environment), log: logFile)
  }

  private var goal: Settings.Goal {
    embedded ? .drain : onDemand ? .demand : until.isEmpty ? .serve : .until(until)
  }

  private func logger() throws(EditError) -> Logger {
    let stream =
      try logFile.map { path throws(EditError) in try LogStream(file: path) } ?? LogStream()
    var logger = Logger(label: "p2pd") { StreamLogHandler(label: $0, stream: stream) }
    logger.logLevel = logLevel.level
    return logger
  }
}
