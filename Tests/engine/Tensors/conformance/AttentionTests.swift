import Tensors
import Testing

/// Multi-head attention.
@Suite(.everyDevice) struct AttentionTests {
  static let sizes = [(300, 77, 40, 5), (70, 70, 24, 1), (5, 3, 6, 2), (130, 1, 16, 4)]

  static let operations: [BatchOperation] =
    sizes.flatMap { s, t, c, heads in
      [false, true].map { rounded in
        BatchOperation(
          "attention of \(s)×\(t), \(heads) heads\(rounded ? ", rounded" : "")",
          [[s, c], [t, c], [t, c]], tolerance: rounded ? 5e-4 : 3e-6
        ) { backend, x in
          let demand = MapDemand(use: .none, rounded: rounded)
          return backend.attention(
            x[0], x[1], x[2], heads: heads, causal: false,
            demands: rounded ? [MapDemand](repeating: demand, count: x[0].shape[0]) : [],
            visit: { _, _ in nil })
        }
      }
    } + [
      BatchOperation("causal attention", [[77, 32], [77, 32], [77, 32]], tolerance: 3e-6) {
        $0.attention(
          $1[0], $1[1], $1[2], heads: 4, causal: true)
      },
      BatchOperation(
        "causal attention of blocks", [[290, 8], [290, 8], [290, 8]], tolerance: 3e-6
      ) {
        $0.attention(
          $1[0], $1[1], $1[2], heads: 1, causal: true)
      },
    ]

  @Test(arguments: operations) func laws(_ operation: BatchOperation) {
    OperationLaws.all(operation)
  }

  @Test(arguments: [false, true], 1...3) func lookingChangesNothing(_ rounded: Bool, _ threads: Int)
  {
    for (s, t, c, heads) in Self.sizes {
      let call = AttentionRun(
        TestedDevice.current.device(threads: threads), s, t, c, heads, rows: 3)
      let unseen = call([.none, .none, .none], rounded) { _, _ in nil }
      var visited: [Int] = []
      let seen = call([.read, .none, .read], rounded) { row, map in
        #expect(map?.shape == [heads, s, t] && map?.element == (rounded ? .f16 : .f32))
        visited.append(row)
        return nil
      }
      #expect(visited == [0, 2])
      expectSameBits(seen, unseen, "read")
      let returned = call([.rewrite, .rewrite, .none], rounded) { row, map in row == 0 ? map : nil }
      expectSameBits(returned, unseen, "rewritten with itself")
    }
  }

  @Test(arguments: [false, true]) func storedMapsGiveTheSameBits(_ rounded: Bool) {
    for (s, t, c, heads) in Self.sizes {
      let backend = TestedDevice.current.device(threads: 2)
      let call = AttentionRun(backend, s, t, c, heads, rows: 2)
      var maps: [Int: Tensor] = [:]
      let own = call([.read, .read], rounded) { row, map in
        maps[row] = map
        return nil
      }
      let supplied = call([.supply, .supply], rounded) { row, map in
        #expect(map == nil)
        // Rounded maps lose nothing in float16, and nothing on the way back.
        return row == 0 ? maps[row] : maps[row].map { backend.cast($0, to: .f32) }
      }
      expectSameBits(supplied, own, "supplied")
    }
  }

  /// A rounded map is the map that is not rounded, each number the nearest float16.
  @Test(arguments: TestedBackend.all, [MapUse.read, .rewrite])
  func roundedMapsAreCastOnes(_ kind: TestedBackend, _ use: MapUse) throws {
    for (s, t, c, heads) in Self.sizes {
      let backend = kind.make()
      let call = AttentionRun(backend, s, t, c, heads, rows: 2)
      var maps: [[Tensor]] = [[], []]
      for (index, rounded) in [false, true].enumerated() {
        _ = call([use, use], rounded) { _, map in
          if let map { maps[index].append(map) }
          return nil
        }
      }
      try #require(maps.allSatisfy { $0.count == 2 })
      for (map, found) in zip(maps[0], maps[1]) {
        let halves = backend.cast(map, to: .f16)
        #expect(
          backend.withBytes(of: found) { Array($0) } == backend.withBytes(of: halves) { Array($0) })
      }
    }
  }

  @Test func suppliedRowsNeedNoQueriesOrKeys() {
    for (s, t, c, heads) in Self.sizes {
      for threads in 1...2 {
        let backend = TestedDevice.current.device(threads: threads)
        let call = AttentionRun(backend, s, t, c, heads, rows: 3)
        let map = backend.made([heads, s, t], seed: 9)
        let whole = call([.none, .supply, .supply], false) { _, _ in map }
        let (q, k, v) = (call.q.unstacked, call.k.unstacked, call.v.unstacked)
        let supply = MapDemand(use: .supply, rounded: false)
        let bare = backend.attention(
          [
            AttentionRow(query: q[0], key: k[0], value: v[0]),
            AttentionRow(query: nil, key: nil, value: v[1], demand: supply),
            AttentionRow(query: nil, key: k[2], value: v[2], demand: supply),
          ], queries: s, heads: heads, causal: false
        ) { _, _ in map }
        expectSameBits(backend.download(bare), whole, "\(s)×\(t), \(threads) threads")
      }
    }
  }

  @Test func mapsAreProbabilities() {
    let backend = TestedDevice.current.device(threads: 2)
    for rounded in [false, true] {
      _ = AttentionRun(backend, 300, 77, 40, 5, rows: 1)([.read], rounded) { _, map in
        let values = map.map(backend.download) ?? []
        for first in stride(from: 0, to: values.count, by: 77) {
          let sum = values[first..<first + 77].reduce(0) { $0 + Double($1) }
          #expect(abs(sum - 1) < (rounded ? 2e-3 : 1e-6))
        }
        if rounded { #expect(values.allSatisfy { Float(Float16($0)) == $0 }) }
        return nil
      }
    }
  }

  @Test func changedMapsAreUsed() {
    let (s, t, c, heads) = (70, 9, 24, 3)
    var numbers = TestNumbers(seed: 12)
    let given = numbers.next(heads * s * t)
    func mixed(_ backend: any Backend) -> [Float] {
      AttentionRun(backend, s, t, c, heads, rows: 2)([.rewrite, .supply], false) { row, map in
        row == 0
          ? map.map { backend.combine([(0.5, $0)]) } : backend.upload(given, shape: [heads, s, t])
      }
    }
    expectClose(
      mixed(TestedDevice.current.device(threads: 2)), mixed(ReferenceBackend()), ofLargest: 2e-6,
      "changed maps")
  }

  @Test func supplyingAMapSavesItsProduct() {
    let backend = ShapeBackend()
    let call = AttentionRun(backend, 10, 7, 8, 2, rows: 2)
    _ = call([.none, .supply], false) { _, _ in backend.made([2, 10, 7]) }
    #expect(backend.multiplyAdds == 3 * 10 * 7 * 8)
  }
}

/// Attention over fixed numbers with chosen demands.
struct AttentionRun {
  let backend: any Backend
  let q, k, v: Tensor
  let heads: Int

  init(_ backend: any Backend, _ s: Int, _ t: Int, _ c: Int, _ heads: Int, rows: Int) {
    (self.backend, self.heads) = (backend, heads)
    q = backend.made([rows, s, c], seed: 1)
    k = backend.made([rows, t, c], seed: 2)
    v = backend.made([rows, t, c], seed: 3)
  }

  func callAsFunction(
    _ uses: [MapUse], _ rounded: Bool, visit: (Int, Tensor?) -> Tensor?
  ) -> [Float] {
    backend.download(
      backend.attention(
        q, k, v, heads: heads, causal: false,
        demands: uses.map { MapDemand(use: $0, rounded: rounded) }, visit: visit))
  }
}
