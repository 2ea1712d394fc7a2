/// When a sweep's folder may be written again while the sweep runs, and when one that could not be written
/// is tried again.
///
/// A page of thousands of cells takes a while: the longer, the rarer, so that drawing never takes more
/// than a small share of the time.
struct PageTimes {
  /// The least time from one page to the next.
  private static let least: Duration = .seconds(2)
  /// How much longer than drawing the rest after it is.
  private static let share = 40
  private static let firstRetry: Duration = .seconds(10)
  private static let longestRetry: Duration = .seconds(600)

  private struct Page {
    var took: Duration = .zero
    var next = ContinuousClock.now
    /// Something about it has changed since it was asked whether it is settled.
    var isChanged = true
    var failures = 0
  }

  private var pages: [Int64: Page] = [:]
  private var retries: [Int64: ContinuousClock.Instant] = [:]

  /// A unit of a sweep has changed.
  mutating func changed(_ sweep: Int64) { pages[sweep, default: Page()].isChanged = true }

  /// Whether a sweep that still runs may be drawn.
  func isDue(_ sweep: Int64, now: ContinuousClock.Instant = .now) -> Bool {
    pages[sweep].map { $0.next <= now } ?? true
  }

  /// Whether it is worth to ask if a sweep is settled; then it is not until something changes.
  mutating func takesChange(_ sweep: Int64) -> Bool {
    defer { pages[sweep]?.isChanged = false }
    return pages[sweep]?.isChanged ?? true
  }

  /// How long the last page of a sweep took.
  func took(_ sweep: Int64) -> Duration { pages[sweep]?.took ?? .zero }

  /// A page was drawn, which took so long.
  mutating func drawn(_ sweep: Int64, took: Duration, now: ContinuousClock.Instant = .now) {
    pages[sweep, default: Page()].took = took
    pages[sweep]?.next = now + max(Self.least, took * Self.share)
    pages[sweep]?.failures = 0
    retries[sweep] = nil
  }

  /// A page could not be drawn: it is tried again after 10 s, 20 s, 40 s … 10 minutes.
  mutating func failed(_ sweep: Int64, now: ContinuousClock.Instant = .now) {
    let count = pages[sweep]?.failures ?? 0
    pages[sweep, default: Page()].failures = count + 1
    retries[sweep] = now + min(Self.firstRetry * (1 << min(count, 6)), Self.longestRetry)
  }

  /// The pages that are to be tried again.
  mutating func takeRetries(now: ContinuousClock.Instant = .now) -> [Int64] {
    let due = retries.filter { $0.value <= now }.map(\.key)
    for sweep in due { retries[sweep] = nil }
    return due
  }

  /// A settled sweep was drawn: nothing of it needs to be known.
  mutating func forget(_ sweep: Int64) { pages[sweep] = nil }
}
