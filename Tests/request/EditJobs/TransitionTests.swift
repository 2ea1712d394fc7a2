import EditJobs
import JobStore
import Testing

/// Every event and every verb in every state, against the table of `docs/lifecycle.md`.
@Suite struct TransitionTests {
  private static let page = Result { try PageTable("docs/lifecycle.md", "event") }

  /// What the page says of an event in a state; `nil` where it cannot happen.
  private static func expected(
    _ state: UnitState, _ event: UnitEvent, in table: PageTable
  ) throws -> UnitState? {
    let (name, sourceDone) = named(event)
    let cell = try #require(table[name, state.rawValue], "the page has \(name) and \(state)")
    if cell.isEmpty { return nil }
    if cell == "ready*" { return sourceDone ? .ready : .blocked }
    let next = UnitState(rawValue: cell)
    #expect(next != nil, "\(name) while \(state): \(cell)")
    return next
  }

  /// An event's name on the page, and whether its source is done.
  private static func named(_ event: UnitEvent) -> (String, Bool) {
    switch event {
    case .due(let sourceDone): ("due", sourceDone)
    case .unblocked: ("unblocked", true)
    case .sourceFailed: ("source-failed", true)
    case .sourceLost: ("source-lost", true)
    case .forked: ("forked", true)
    case .postponed: ("postponed", true)
    case .claimed: ("claimed", true)
    case .paused: ("paused", true)
    case .finished: ("finished", true)
    case .stopped: ("stopped", true)
    case .notSplit: ("not-split", true)
    case .ended(let verdict): ("ended-\(verdict.rawValue)", true)
    case .released: ("released", true)
    case .damaged(let sourceDone): ("damaged", sourceDone)
    case .retried(let sourceDone): ("retried", sourceDone)
    case .cancelled: ("cancelled", true)
    }
  }

  private static let events: [UnitEvent] =
    [.unblocked, .sourceFailed, .sourceLost, .claimed, .finished, .stopped, .paused, .released]
    + [.notSplit, .forked, .cancelled, .postponed]
    + UnitEvent.Verdict.allCases.map { .ended($0) }
    + [true, false].flatMap {
      [.due(sourceDone: $0), .retried(sourceDone: $0), .damaged(sourceDone: $0)]
    }

  enum Verb: String, CaseIterable, CustomTestStringConvertible {
    case claim, finish, park, again, later, never, cancel, retry, release, due, damaged
    case modelFailed, postpone, sourceDamaged, sourceFinished, settle

    var testDescription: String { rawValue }

    func event(sourceDone: Bool) -> UnitEvent {
      switch self {
      case .claim: .claimed
      case .finish: .finished
      case .park: .stopped
      case .again, .settle: .ended(.again)
      case .later: .ended(.later)
      case .never: .ended(.never)
      case .cancel: .cancelled
      case .retry: .retried(sourceDone: sourceDone)
      case .release: .released
      case .due: .due(sourceDone: sourceDone)
      case .damaged: .damaged(sourceDone: sourceDone)
      case .modelFailed: .sourceFailed
      case .postpone: .postponed
      case .sourceDamaged: .sourceLost
      case .sourceFinished: .unblocked
      }
    }
  }

  let table: JobTable
  let grid = Grid(taus: [8])
  var source: Key { grid.source(8).key }
  var variant: Key { grid.variant(8, 8).key }

  init() throws {
    table = try JobTable()
    try table.enqueue(grid)
  }

  /// Brings a unit into a state through the verbs; returns the last token.
  func bring(_ key: Key, to state: UnitState) throws -> Int64 {
    if key == variant && state != .blocked { try table.runHead() }
    if state == .cancelled {
      _ = try table.store.cancel(.unit(key), now: 20)
      return 0
    }
    if state == .ready || state == .blocked { return 0 }
    let order = try #require(try table.claim())
    let token = order.token
    #expect(order.units.map(\.key) == [key])
    switch state {
    case .parked: try table.store.park(key, token: token, step: 3, now: 20)
    case .done: try table.store.finish(key, token: token, manifest: manifest(key), now: 20)
    case .failed: try fail(key, token, .never)
    case .scheduled: try fail(key, token, .later(dueMs: 500))
    case .running, .ready, .blocked, .cancelled: break
    }
    return token
  }

  func fail(_ key: Key, _ token: Int64, _ next: Failure.Next) throws {
    try table.store.fail(
      key, token: token,
      Failure(code: "nan-in-latents", message: "NaN", step: 3, outcome: .failed, next: next),
      now: 20)
  }

  func apply(_ verb: Verb, to key: Key, token: Int64) throws {
    let store = table.store
    switch verb {
    case .claim: _ = try table.claim(now: 30)
    case .finish: try store.finish(key, token: token, manifest: manifest(key), now: 30)
    case .park: try store.park(key, token: token, step: 5, now: 30)
    case .again: try fail(key, token, .again)
    case .later: try fail(key, token, .later(dueMs: 900))
    case .never: try fail(key, token, .never)
    case .cancel: _ = try store.cancel(.unit(key), now: 30)
    case .retry: _ = try store.retry(.unit(key), now: 30)
    case .release: try store.release(now: 30)
    case .due: try store.releaseDue(now: 1_000)
    case .damaged: try store.damaged(key, step: 0, now: 30)
    case .modelFailed:
      try store.failModel(
        LoadedModel(model: grid.facts.digest), code: "no-start", message: "it died", now: 30)
    case .postpone:
      try store.postpone(
        LoadedModel(model: grid.facts.digest), code: "native-unavailable", message: "no library",
        dueMs: 900, now: 30)
    case .sourceDamaged: try store.damaged(source, step: 0, now: 30)
    case .sourceFinished:
      if try table.state(source) == .ready { try table.runHead() }
    case .settle: try store.settle(now: 30) { _, _ in 4 }
    }
  }

  @Test func theFunctionIsTheTableOfThePage() throws {
    let page = try Self.page.get()
    #expect(page.columns == UnitState.allCases.map(\.rawValue))
    #expect(Set(page.rows) == Set(Self.events.map { Self.named($0).0 }))
    for state in UnitState.allCases {
      for event in Self.events {
        let expected = try Self.expected(state, event, in: page)
        let next = try? state.after(event)
        #expect(next == expected, "\(event) while \(state)")
      }
    }
  }

  @Test(arguments: UnitState.allCases, Verb.allCases)
  func aVariantMovesAsThePageSays(state: UnitState, verb: Verb) throws {
    let token = try bring(variant, to: state)
    #expect(try table.state(variant) == state)
    // A claim takes the head, which for a blocked variant is its source.
    try apply(verb, to: variant, token: token)
    let sourceDone = try table.state(source) == .done
    let page = try Self.page.get()
    let expected = try Self.expected(state, verb.event(sourceDone: sourceDone), in: page) ?? state
    #expect(try table.state(variant) == expected, "\(verb) while \(state)")
  }

  @Test(
    arguments: UnitState.allCases.filter { $0 != .blocked },
    Verb.allCases.filter { $0 != .sourceDamaged && $0 != .sourceFinished })
  func aSourceMovesAsThePageSays(state: UnitState, verb: Verb) throws {
    let token = try bring(source, to: state)
    #expect(try table.state(source) == state)
    try apply(verb, to: source, token: token)
    let page = try Self.page.get()
    let expected = try Self.expected(state, verb.event(sourceDone: true), in: page) ?? state
    #expect(try table.state(source) == expected, "\(verb) while \(state)")
  }

  /// The function itself, over the full product: nothing leaves a closed state but being wanted
  /// again, and only a claim begins a run.
  @Test func theFunctionKeepsItsPromises() {
    for state in UnitState.allCases {
      for event in Self.events {
        guard let next = try? state.after(event) else { continue }
        if next == .running { #expect(state == .ready && event == .claimed) }
        if next == .done { #expect(state == .running && event == .finished) }
        if !state.isOpen {
          switch event {
          case .retried, .damaged: #expect(next == .ready || next == .blocked)
          default: Issue.record("\(state) left by \(event)")
          }
        }
      }
    }
  }
}
