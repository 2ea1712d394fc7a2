import EditJobs
import JobStore
import Testing

/// Whose turn it is among sweeps of equal priority.
@Suite struct FairnessTests {
  let table: JobTable
  init() throws { table = try JobTable() }

  private func run(_ count: Int = 100, warm: (ClaimedOrder?) -> Warm? = { _ in nil }) throws
    -> [String]
  {
    var seen: [String] = []
    var last: ClaimedOrder?
    while seen.count < count, let order = try table.claim(warm: warm(last)) {
      for unit in order.units {
        try table.store.finish(
          unit.key, token: order.token, manifest: manifest(unit.key), now: 11)
      }
      seen.append("\(order.isSource ? "s" : "v")\(order.source.seed)")
      last = order
    }
    return seen
  }

  @Test func sweepsOfEqualPriorityTakeTurns() throws {
    try table.enqueue(Grid(name: "one", seeds: [1]))
    try table.enqueue(Grid(name: "two", seeds: [2]))
    #expect(try run() == ["s1", "s2", "v1", "v2", "v1", "v2", "v1", "v2"])
  }

  @Test func whoComesLaterWaitsForNobodysWholeSweep() throws {
    try table.enqueue(Grid(name: "long", seeds: [1], taus: Array(1...12)))
    #expect(try run(5) == ["s1", "v1", "v1", "v1", "v1"])
    try table.enqueue(Grid(name: "late", seeds: [2], taus: [4, 8]))
    // Its source's turn is beside the variant that comes next, not behind the last.
    let rest = try run()
    #expect(rest.prefix(7).filter { $0.hasSuffix("2") } == ["s2", "v2", "v2"], "\(rest)")
  }

  @Test func costsCountNotNumbers() throws {
    // One unit of forty steps is worth two of twenty.
    try table.enqueue(Grid(name: "small", seeds: [1], taus: [1, 2, 3, 4, 5], steps: 20))
    try table.enqueue(Grid(name: "large", seeds: [2], taus: [1, 2, 3], steps: 40))
    let order = try run()
    #expect(order.prefix(6).filter { $0.hasSuffix("1") }.count == 4, "\(order)")
  }

  @Test func whatIsLoadedGoesFirstButNotForEver() throws {
    let (one, two) = (
      Grid(name: "one", seeds: [1], taus: Array(1...12)),
      Grid(name: "two", seeds: [2], taus: Array(1...12), model: "full")
    )
    try table.enqueue(one)
    try table.enqueue(two)
    let order = try run { last in
      last.map { Warm($0.loaded, source: $0.sourceKey, window: 100) }
    }
    #expect(order.count == 26)
    let changes = zip(order, order.dropFirst()).count { $0.0.last != $0.1.last }
    #expect(changes < 12, "a model is kept for some orders: \(order)")
    #expect(changes > 1, "and given up for the other's turn: \(order)")
    let first = order.prefix(13).count { $0.hasSuffix("2") }
    #expect(first > 0, "nobody waits for a whole sweep: \(order)")
  }
}
