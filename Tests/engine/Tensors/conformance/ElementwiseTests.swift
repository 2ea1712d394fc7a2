import Foundation
import Tensors
import Testing

/// Elementwise operations and those that only move numbers.
@Suite(.everyDevice) struct ElementwiseTests {
  static let arithmetic: [BatchOperation] = [
    BatchOperation("silu", [[37, 501]], tolerance: 5e-7) {
      $0.activate($0.combine([(9, $1[0])]), .silu)
    },
    BatchOperation("gelu", [[37, 501]], tolerance: 5e-7) {
      $0.activate($0.combine([(6, $1[0])]), .gelu)
    },
    BatchOperation("quick gelu", [[19, 33]], tolerance: 5e-7) {
      $0.activate($0.combine([(6, $1[0])]), .quickGELU)
    },
    BatchOperation("geglu", [[70, 262]], tolerance: 5e-7) { $0.geglu($1[0]) },
    BatchOperation("add", [[17, 9, 333], [17, 9, 333]], tolerance: 0) { $0.add($1[0], $1[1]) },
    BatchOperation("addToChannels", [[41, 27, 50], [50]], tolerance: 0) {
      $0.addToChannels($1[0], $1[1])
    },
    BatchOperation("combine", [[211, 213], [211, 213], [211, 213]], tolerance: 0) {
      $0.combine([(0.25, $1[0]), (-1.7, $1[1]), (3.1, $1[2])])
    },
    BatchOperation("combine of one", [[40_001]], tolerance: 0) { $0.combine([(-0.3, $1[0])]) },
  ]

  static let moves: [BatchOperation] = [
    BatchOperation("concatChannels", [[25, 19, 33], [25, 19, 70]], tolerance: 0) {
      $0.concatChannels($1[0], $1[1])
    },
    BatchOperation("upsampleNearest", [[17, 15, 49]], tolerance: 0) { $0.upsampleNearest($1[0]) },
    BatchOperation("channelsLast", [[19, 7, 5]], tolerance: 0) { $0.channelsLast($1[0]) },
    BatchOperation("channelsFirst", [[7, 35, 18]], tolerance: 0) { $0.channelsFirst($1[0]) },
    BatchOperation("select", [[4, 61, 19], [4, 61, 19]], tolerance: 0) { backend, x in
      let pattern: [Float] = [1, 0, -1, 0, 0, 0.5, 0]
      let gates = (0..<61 * 19).map { pattern[$0 % 7] }
      return backend.select(backend.upload(gates, shape: [61, 19]), x[0], x[1])
    },
    BatchOperation("there and back", [[4, 24, 18]], tolerance: 0) {
      $0.channelsFirst($0.channelsLast($1[0]))
    },
    BatchOperation("cast to float16 and back", [[60_333]], tolerance: 0) {
      $0.cast($0.cast($1[0], to: .f16), to: .f32)
    },
  ]

  @Test(arguments: arithmetic + moves) func laws(_ operation: BatchOperation) {
    OperationLaws.all(operation)
  }

  @Test func rowsAreJoinedInOrder() {
    let backend = TestedDevice.current.device(threads: 1)
    let (a, b) = (backend.made([2, 3, 5]), backend.made([1, 3, 5], seed: 4))
    let joined = backend.concatRows([a, b.rows(0..<1), a.rows(1..<2)])
    #expect(joined.shape == [4, 3, 5])
    expectSameBits(
      backend.download(joined),
      backend.download(a) + backend.download(b) + backend.download(a.rows(1..<2)), "concatRows")
    let halves = backend.concatRows([backend.cast(a, to: .f16), backend.cast(b, to: .f16)])
    #expect(halves.element == .f16)
    expectSameBits(
      backend.download(halves.rows(2..<3)), backend.download(backend.cast(b, to: .f16)), "halves")
  }

  @Test func embeddingsAreRowsOfTheTable() {
    let backend = TestedDevice.current.device(threads: 1)
    let table = backend.made([9, 6])
    let found = backend.embed([[8, 0, 3], [3, 3, 1]], table)
    #expect(found.shape == [2, 3, 6])
    let expected = [8, 0, 3, 3, 3, 1].flatMap { backend.download(table.rows($0..<$0 + 1)) }
    expectSameBits(backend.download(found), expected, "embed")
  }

  /// A select moves bits: nothing of the other side gets in, and no number is made of what is none.
  @Test func selectedNumbersKeepTheirBits() {
    let backend = TestedDevice.current.device(threads: 1)
    let odd: [Float] = [.nan, -0.0, .infinity, Float(bitPattern: 0x7fa0_1234)]
    let plain: [Float] = [1, 2, 3, 4]
    let (x, y) = (backend.upload(odd, shape: [1, 4]), backend.upload(plain, shape: [1, 4]))
    for gates in [[1, 0, -2, 0], [0, 0, 0, -0.0], [1, 1, .leastNonzeroMagnitude, .nan]] as [[Float]]
    {
      let mask = backend.upload(gates, shape: [4])
      let chosen = gates.indices.map { gates[$0] != 0 ? odd[$0] : plain[$0] }
      expectSameBits(backend.download(backend.select(mask, x, y)), chosen, "x by \(gates)")
      let others = gates.indices.map { gates[$0] != 0 ? plain[$0] : odd[$0] }
      expectSameBits(backend.download(backend.select(mask, y, x)), others, "y by \(gates)")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func oneBadNumberIsFound(_ bad: Float) {
    let backend = TestedDevice.current.device(threads: 1)
    var values = [Float](repeating: Float.greatestFiniteMagnitude, count: 1003)
    #expect(backend.allFinite(backend.upload(values, shape: [1003])))
    values[1002] = bad
    let x = backend.upload(values, shape: [1003])
    #expect(!backend.allFinite(x))
    #expect(backend.allFinite(x.rows(0..<1002)))
    #expect(!backend.allFinite(backend.cast(x.rows(1000..<1003), to: .f16)))
  }

  @Test func notANumberIsNeverHidden() {
    // A run must fail where its latents do, so no function may swallow it.
    let backend = TestedDevice.current.device(threads: 1)
    let x = backend.upload([1, .nan, 2, -3], shape: [1, 4])
    for function in [Activation.silu, .gelu, .quickGELU] {
      #expect(backend.download(backend.activate(x, function))[1].isNaN)
    }
    let map = backend.attention(
      x.reshaped([1, 1, 4]), x.reshaped([1, 1, 4]), x.reshaped([1, 1, 4]), heads: 1,
      causal: false, demands: [], visit: { _, _ in nil })
    #expect(!backend.allFinite(map))
  }
}
