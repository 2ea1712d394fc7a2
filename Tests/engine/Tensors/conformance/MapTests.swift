import Tensors
import Testing

/// Edited attention maps and their means.
@Suite(.everyDevice) struct MapTests {
  let columns: [MapColumn] = [
    MapColumn(shares: [.init(token: 3, share: 1)], factor: 1),
    MapColumn(shares: nil, factor: 1),
    MapColumn(shares: [.init(token: 0, share: 0.5), .init(token: 4, share: 0.3)], factor: -2),
    MapColumn(shares: nil, factor: 0.7),
    MapColumn(shares: [], factor: 3),
  ]

  @Test(arguments: [ElementType.f32, .f16], [1, 2]) func composedColumnByColumn(
    _ element: ElementType, _ threads: Int
  ) {
    // 5 heads of 777 queries are no multiple of the lines that a task takes.
    func composed(_ backend: any Backend, _ element: ElementType) -> [Float] {
      let source = backend.cast(backend.cast(backend.made([5, 777, 7]), to: element), to: element)
      let own = backend.made([5, 777, 5], seed: 9)
      let y = backend.composeMap(source: source, own: own, columns: columns)
      #expect(y.shape == [5, 777, 5] && y.element == .f32)
      return backend.download(y)
    }
    let found = composed(TestedDevice.current.device(threads: threads), element)
    #expect(found == composed(ReferenceBackend(), element))
  }

  @Test func aSingleWholeShareCopiesExactly() {
    let backend = TestedDevice.current.device(threads: 1)
    let source = backend.made([2, 9, 6])
    let copy = backend.composeMap(
      source: source, own: nil,
      columns: (0..<6).map { MapColumn(shares: [.init(token: $0, share: 1)], factor: 1) })
    expectSameBits(backend.download(copy), backend.download(source), "copied source")
    let own = backend.composeMap(
      source: nil, own: source,
      columns: [MapColumn](repeating: MapColumn(shares: nil, factor: 1), count: 6))
    expectSameBits(backend.download(own), backend.download(source), "copied own")
  }

  @Test(arguments: [ElementType.f32, .f16]) func headMeans(_ element: ElementType) {
    func mean(_ backend: any Backend) -> [Float] {
      let y = backend.headMean(backend.cast(backend.made([8, 330, 21]), to: element))
      #expect(y.shape == [21, 330])
      return backend.download(y)
    }
    let one = mean(TestedDevice.current.device(threads: 1))
    expectClose(one, mean(ReferenceBackend()), ofLargest: 1e-6, "headMean")
    expectSameBits(mean(TestedDevice.current.device(threads: 3)), one, "threads")
  }

  /// Maps in float16 give what the same numbers give in float32, the row's own ones too.
  @Test(arguments: TestedBackend.all) func halvesAreUsedExactly(_ kind: TestedBackend) {
    let backend = kind.make()
    let halves = [0, 1].map { backend.cast(backend.made([5, 77, 7], seed: $0), to: .f16) }
    let floats = halves.map { backend.cast($0, to: .f32) }
    func composed(_ maps: [Tensor]) -> [Float] {
      backend.download(backend.composeMap(source: maps[0], own: maps[1], columns: columns))
    }
    expectSameBits(composed(halves), composed(floats), "composed")
    expectSameBits(
      backend.download(backend.headMean(halves[0])), backend.download(backend.headMean(floats[0])),
      "headMean")
  }
}
