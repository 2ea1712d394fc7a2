import CKernels
import Testing

/// A matrix product of some size, with inputs in runs that lie anywhere.
struct ProductCase: CustomTestStringConvertible {
  typealias Multiply = @convention(c) (UnsafePointer<ck_product>?) -> Void

  var rows, taps, k, outputs: Int
  var hasBias = true

  /// Sizes below, at and above what the kernel's tiles, panels and blocks hold.
  static let all = [
    ProductCase(rows: 1, taps: 1, k: 1, outputs: 1, hasBias: false),
    ProductCase(rows: 8, taps: 1, k: 40, outputs: 32),
    ProductCase(rows: 13, taps: 9, k: 6, outputs: 70),
    ProductCase(rows: 20, taps: 1, k: 77, outputs: 40, hasBias: false),
    ProductCase(rows: 9, taps: 3, k: 1_030, outputs: 49),
    ProductCase(rows: 17, taps: 70, k: 20, outputs: 16),
    ProductCase(rows: 3, taps: 1, k: 2_500, outputs: 33),
    ProductCase(rows: 10, taps: 9, k: 320, outputs: 64),
    ProductCase(rows: 4, taps: 9, k: 1_281, outputs: 17, hasBias: false),
  ]

  var testDescription: String { "\(rows)×(\(taps)·\(k))×\(outputs)" }
  var depth: Int { taps * k }

  private var numbers: (x: [Float], weights: [Float], bias: [Float]) {
    var random = TestNumbers(seed: rows + 1_000 * depth + outputs)
    return (random.next(rows * taps * k), random.next(outputs * depth), random.next(outputs))
  }

  /// (rows, outputs), by one of the kernels, with weights stored so. Runs lie in memory in the opposite
  /// order.
  func made(by multiply: Multiply, _ element: ck_element = CK_F32) -> [Float] {
    let (x, weights, bias) = numbers
    let count = ck_packed_count(outputs, depth)
    var packed = [Float](repeating: .nan, count: count)
    ck_pack_outputs(weights, outputs, depth, depth, 1, &packed)
    var narrow = [UInt16](repeating: 0xffff, count: max(count, ck_pairs_count(outputs, taps, k)))
    switch element {
    case CK_F16: ck_f32_to_f16(packed, &narrow, count)
    case CK_BF16: ck_f32_to_bf16(packed, &narrow, count)
    case CK_PAIRS: ck_pack_pairs(packed, outputs, taps, k, &narrow)
    default: break
    }
    let stored =
      element == CK_F32 ? packed.withUnsafeBytes(Array.init) : narrow.withUnsafeBytes(Array.init)
    var y = [Float](repeating: .nan, count: rows * outputs)
    x.withUnsafeBufferPointer { x in
      let runs = (0..<rows * taps).map { x.baseAddress?.advanced(by: (rows * taps - 1 - $0) * k) }
      runs.withUnsafeBufferPointer { runs in
        bias.withUnsafeBufferPointer { bias in
          stored.withUnsafeBytes { stored in
            y.withUnsafeMutableBufferPointer { y in
              var product = ck_product(
                runs: runs.baseAddress, rows: rows, taps: taps, k: k, weights: stored.baseAddress,
                element: element, outputs: outputs, bias: hasBias ? bias.baseAddress : nil,
                y: y.baseAddress, stride: outputs)
              multiply(&product)
            }
          }
        }
      }
    }
    return y
  }

  /// Runs that a block takes whole, and inputs that it takes of one.
  private func block(_ element: ck_element) -> (taps: Int, inputs: Int) {
    let (inputs, held) = element == CK_PAIRS ? ((k + 1) / 2 * 2, 1_024) : (k, 1_024)
    return inputs < held ? (min(held / inputs, element == CK_PAIRS ? .max : 64), k) : (1, held)
  }

  /// What the law says: a number is the sum of its blocks, each a chain of fused multiply-adds in
  /// ascending order, and in that order of pairs the later input first.
  func blocks(_ element: ck_element = CK_F32) -> [Float] {
    let (x, weights, bias) = numbers
    let (from, factors) = (element == CK_PAIRS ? x.map(\.bfloat) : x, weights.map(element.kept))
    let block = block(element)
    let order = (0..<k + 1).map { element == CK_PAIRS ? $0 ^ 1 : $0 }.filter { $0 < k }
    return (0..<rows * outputs).map { place in
      let (row, output) = place.quotientAndRemainder(dividingBy: outputs)
      var sum: Float?
      for firstTap in stride(from: 0, to: taps, by: block.taps) {
        for first in stride(from: 0, to: k, by: block.inputs) {
          var part: Float = sum == nil && hasBias ? bias[output] : 0
          for tap in firstTap..<min(taps, firstTap + block.taps) {
            let run = (rows * taps - 1 - (row * taps + tap)) * k
            for i in order where (first..<first + block.inputs).contains(i) {
              part.addProduct(from[run + i], factors[output * depth + tap * k + i])
            }
          }
          sum = sum.map { $0 + part } ?? part
        }
      }
      return sum ?? 0
    }
  }
}

extension ck_element {
  /// A weight as it reads back.
  fileprivate func kept(_ weight: Float) -> Float {
    switch self {
    case CK_F16: Float(Float16(weight))
    case CK_F32: weight
    default: weight.bfloat
    }
  }
}

extension Float {
  /// The nearest bfloat16, ties to even.
  var bfloat: Float {
    Float(bitPattern: (bitPattern &+ 0x7fff &+ (bitPattern >> 16 & 1)) & 0xffff_0000)
  }
}

/// Every number of a product is the sum of its blocks: nothing else decides its bits.
struct ProductChainTests {
  @Test(arguments: ProductCase.all, [CK_F32, CK_F16, CK_BF16])
  func everyNumberIsTheSumOfItsBlocks(_ product: ProductCase, _ element: ck_element) {
    expectSameBits(
      product.made(by: ck_multiply, element), product.blocks(element), product.testDescription)
  }

  @Test(.enabled(if: ck_has_bf16() != 0, "this CPU has no AVX512-BF16"), arguments: ProductCase.all)
  func pairsAreToo(_ product: ProductCase) {
    expectSameBits(
      product.made(by: ck_multiply, CK_PAIRS), product.blocks(CK_PAIRS), product.testDescription)
  }

  /// Weights may be packed from columns as well, and times a factor.
  @Test(arguments: [(1, 1), (40, 77), (16, 3), (33, 100), (64, 20)])
  func packingsAgree(_ outputs: Int, _ depth: Int) {
    var random = TestNumbers(seed: 5)
    let weights = random.next(outputs * depth)
    var columns = [Float](repeating: 0, count: outputs * depth)
    ck_transpose(weights, &columns, outputs, depth)
    let count = ck_packed_count(outputs, depth)
    var (a, b) = ([Float](repeating: .nan, count: count), [Float](repeating: .nan, count: count))
    ck_pack_outputs(weights, outputs, depth, depth, 0.5, &a)
    ck_pack_inputs(columns.map { $0 * 0.5 }, outputs, depth, outputs, &b)
    expectSameBits(a, b, "panels")
    #expect(a.count { $0 != 0 } == weights.count)
  }
}
