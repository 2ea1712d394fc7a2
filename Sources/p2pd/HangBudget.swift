/// How long a worker may be silent before it counts as hung, and how long an end may take.
struct HangBudget: Sendable {
  /// Silence of a worker that has an order.
  var silence: Duration
  /// From the start of a process to `ready`, without the model's share.
  var start: Duration
  /// From `stop` to SIGTERM: longer than a step.
  var stop: Duration
  /// From SIGTERM to SIGKILL.
  var terminate: Duration = .seconds(2)

  /// The budgets; `P2P_HANG_SECONDS` shortens them for tests.
  init(environment: [String: String]) {
    let asked = environment["P2P_HANG_SECONDS"].flatMap { Double($0) }
    let seconds = asked.map { min(max($0, 0.2), 3600) } ?? 60
    silence = .seconds(seconds)
    start = .seconds(min(seconds, 20))
    stop = .seconds(seconds)
  }

  /// From the start of a process to `ready`, for a model of so many bytes read at 50 MB/s.
  func start(modelBytes: Int64) -> Duration {
    start + .milliseconds(max(0, modelBytes) / 50_000)
  }
}
