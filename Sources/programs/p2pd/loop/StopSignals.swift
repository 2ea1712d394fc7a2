@preconcurrency import Dispatch

/// Signals that end the daemon in order, in the place of what they do by themselves.
struct StopSignals: Sendable {
  private let sources: [any DispatchSourceSignal]

  /// Listens to signals; from the return on none is missed.
  ///
  /// - Parameter heard: is called for each that arrives, on a queue of its own.
  init(_ signals: [Int32], _ heard: @escaping @Sendable () -> Void) async {
    let queue = DispatchQueue(label: "p2pd.signals")
    var sources: [any DispatchSourceSignal] = []
    for signal in signals {
      let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
      source.setEventHandler(handler: heard)
      await withCheckedContinuation { registered in
        source.setRegistrationHandler { registered.resume() }
        source.resume()
      }
      sources.append(source)
    }
    self.sources = sources
  }

  /// Listens no longer.
  func cancel() { for source in sources { source.cancel() } }
}
