/// How long a worker may be silent before it counts as hung, and how long an end may take.
///
/// A worker speaks after every operation of a step, at most once a second. One that says nothing for
/// as long as several whole steps take does not compute any more.
struct HangBudget: Sendable {
  /// How many steps a silence may last.
  static let steps = 5.0
  /// Bytes a second at which weights come from a slow disk.
  static let bytesPerSecond: Int64 = 50_000_000

  /// Silence of a worker that has an order, where nobody knows how long a step takes.
  var unmeasured: Duration
  /// The least silence that counts: machines stall, too.
  var floor: Duration
  /// The longest silence that does not count, whatever was measured.
  var ceiling: Duration
  /// From the start of a process to `ready`, without the model's share.
  var start: Duration
  /// From `stop` to SIGTERM: longer than a step.
  var stop: Duration
  /// From SIGTERM to SIGKILL.
  var terminate: Duration = .seconds(2)

  /// The budgets; `P2P_HANG_SECONDS` sets what counts where nothing, or little, was measured.
  init(environment: [String: String]) {
    let asked = environment["P2P_HANG_SECONDS"].flatMap { Double($0) }
      .map { min(max($0, 0.2), 3600) }
    unmeasured = .seconds(asked ?? 60)
    floor = .seconds(asked ?? 20)
    ceiling = .seconds(max(asked ?? 0, 300))
    start = .seconds(min(asked ?? 60, 20))
    stop = .seconds(asked ?? 60)
  }

  /// Silence of a worker that has an order whose steps take so long.
  func silence(step: Duration?) -> Duration {
    step.map { min(max($0 * Self.steps, floor), ceiling) } ?? unmeasured
  }

  /// What the first step may take longer than others, and the start of a process longer than that of
  /// an empty model: the weights may still have to come from the disk.
  func loading(modelBytes: Int64) -> Duration {
    .milliseconds(max(0, modelBytes) / (Self.bytesPerSecond / 1000))
  }

  /// From the start of a process to `ready`.
  func start(modelBytes: Int64) -> Duration { start + loading(modelBytes: modelBytes) }
}
