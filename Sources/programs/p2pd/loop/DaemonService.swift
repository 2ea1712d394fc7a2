import Files
import ServiceLifecycle

/// The daemon as a service that ends gracefully on a signal.
struct DaemonService: Service {
  /// How the daemon ended.
  actor Ending {
    private(set) var value: ExitStatus = .ok
    func set(_ status: ExitStatus) { value = status }
  }

  let daemon: Daemon
  let status = Ending()

  func run() async throws {
    let (inbox, stop) = (daemon.inbox, daemon.stop)
    try await withGracefulShutdownHandler {
      await status.set(try await daemon.run())
    } onGracefulShutdown: {
      stop.press()
      inbox.yield(.stop)
    }
  }
}
