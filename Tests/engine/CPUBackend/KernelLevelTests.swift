import CKernels
import Foundation
import Testing

/// Every clone of every kernel gives the same bits.
struct KernelLevelTests {
  typealias Floats = UnsafePointer<Float>
  typealias Output = UnsafeMutablePointer<Float>
  typealias Map = @convention(c) (Floats, Output, Int) -> Void
  typealias Pair = @convention(c) (Floats, Floats, Output, Int) -> Void
  typealias Scaled = @convention(c) (Float, Floats, Output, Int) -> Void
  typealias Lines = @convention(c) (Floats, Output, Int, Int) -> Void
  typealias Vector = @convention(c) (Floats, Floats, Output, Int, Int) -> Void
  typealias Sums = @convention(c) (Floats, Int, Int, Output) -> Void
  typealias Squares = @convention(c) (Floats, Int, Int, Floats, Output) -> Void
  typealias Join = @convention(c) (Output, Int, Int) -> Void
  typealias Normalise =
    @convention(c) (
      Floats, Int, Int, Floats, Floats, Floats, Int32, Output
    ) -> Void
  typealias LayerNorm = @convention(c) (Floats, Int, Int, Floats, Floats, Float, Output) -> Void
  typealias Softmax = @convention(c) (Output, Int, Int, Int32) -> Void
  typealias Causal = @convention(c) (Output, Int, Int, Int, Int32) -> Void
  typealias Finite = @convention(c) (Floats, Int) -> Int32
  typealias HeadMean =
    @convention(c) (
      UnsafePointer<Floats>, Int, Int, Int, Int, Output
    ) -> Void

  typealias WinogradInput =
    @convention(c) (UnsafePointer<Floats?>, Int, Int, Output?) -> Void
  typealias WinogradOutput =
    @convention(c) (Floats?, Int, Int, Floats?, UnsafePointer<Output?>) -> Void

  /// The clones' addresses by kernel.
  static let kernels: [String: [UInt]] = {
    var (count, result) = (0, [String: [UInt]]())
    guard let all = ck_all_clones(&count) else { return result }
    for entry in UnsafeBufferPointer(start: all, count: count) {
      let (v4, v3, base) = entry.code
      result[String(cString: entry.name)] = [v4, v3, base].map { UInt(bitPattern: $0) }
    }
    return result
  }()

  /// Clones that this CPU can run: the last of three always.
  static var runnable: Range<Int> {
    switch ck_kernel_level().map({ String(cString: $0) }) {
    case "x86-64-v4": 0..<3
    case "x86-64-v3": 1..<3
    default: 2..<3
    }
  }

  /// Numbers of all sizes, signs and kinds that a kernel may meet.
  static let numbers: [Float] = {
    var random = TestNumbers(seed: 21)
    let special: [Float] = [
      0, -0.0, 0x1p-140, -0x1p-128, 88, 89, -87, -87.1, -104, 700, -700, 65504, 65520, 6e-8, 1e-7,
      .infinity,
      -.infinity, .nan,
    ]
    return random.next(2_000).map { $0 * 12 } + random.next(2_000).map { $0 * 1e-3 }
      + random.next(900).map { $0 * 90 } + special
  }()
  static let tame = Array(numbers.prefix(4_000))

  @Test(arguments: kernels.keys.sorted()) func levelsAgree(_ name: String) throws {
    let clones = try #require(Self.kernels[name])
    try #require(clones.count == 3)
    let results = try Self.runnable.map { try Self.run(name, clones[$0]) }
    let base = try #require(results.last)
    for result in results.dropLast() { expectSameBits(result, base, name) }
  }

  @Test func everyLevelWasTried() {
    let missing = ["x86-64-v4", "x86-64-v3"].prefix(Self.runnable.lowerBound)
    withKnownIssue("this CPU lacks \(missing.joined(separator: " and "))", isIntermittent: true) {
      #expect(missing.isEmpty)
    }
  }

  /// The numbers that one clone makes.
  static func run(_ name: String, _ code: UInt) throws -> [Float] {
    var y = [Float](repeating: 0, count: 2 * numbers.count)
    let n = numbers.count
    func cast<T>(_: T.Type) -> T { unsafeBitCast(code, to: T.self) }
    switch name {
    case "silu", "gelu", "quick_gelu", "f32_to_f16", "f32_to_bf16", "f16_to_f32",
      "bf16_to_f32":
      cast(Map.self)(numbers, &y, n)
    case "add": cast(Pair.self)(numbers, numbers.reversed(), &y, n)
    case "scale", "axpy":
      y.replaceSubrange(0..<n, with: numbers.reversed())
      cast(Scaled.self)(1.7, numbers, &y, n)
    case "geglu": cast(Lines.self)(numbers, &y, 9, 270)
    case "add_vector": cast(Vector.self)(numbers, numbers.reversed(), &y, 9, 270)
    case "channel_sums": cast(Sums.self)(tame, 40, 99, &y)
    case "channel_squares": cast(Squares.self)(tame, 40, 99, tame.reversed(), &y)
    case "channel_normalise":
      for silu: Int32 in 0...1 {
        y.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          cast(Normalise.self)(
            numbers, 40, 99, tame, tame.reversed(), tame, silu, base + Int(silu) * 4_000)
        }
      }
    case "join_sums":
      y.replaceSubrange(0..<4_000, with: tame)
      cast(Join.self)(&y, 200, 19)
    case "layer_norm": cast(LayerNorm.self)(tame, 13, 299, tame, tame.reversed(), 1e-5, &y)
    case "softmax":
      for (rounded, width) in [(Int32(0), 77), (1, 77), (0, 5), (1, 1_024)] {
        y.replaceSubrange(0..<4_000, with: tame)
        cast(Softmax.self)(&y, 3, width, rounded)
      }
    case "softmax_causal":
      y.replaceSubrange(0..<4_000, with: tame)
      cast(Causal.self)(&y, 30, 77, 20, 1)
    case "all_finite", "all_finite_f16":
      y[0] = Float(cast(Finite.self)(numbers, n))
      y[1] = Float(cast(Finite.self)(tame, 4_000))
    case "head_mean":
      tame.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        cast(HeadMean.self)([base, base + 1_000, base + 2_000], 3, 40, 23, 40, &y)
      }
    case "winograd_input", "winograd_output":
      tame.withUnsafeBufferPointer { from in
        y.withUnsafeMutableBufferPointer { to in
          if name == "winograd_input" {
            let places = (0..<16).map { from.baseAddress?.advanced(by: 150 * $0) }
            cast(WinogradInput.self)(places, 37, 40, to.baseAddress)
          } else {
            let places = (0..<4).map { to.baseAddress?.advanced(by: 50 * $0) }
            cast(WinogradOutput.self)(from.baseAddress, 60, 37, from.baseAddress, places)
          }
        }
      }
    case "multiply":
      y = ProductCase.all.flatMap { product in
        [CK_F32, CK_F16, CK_BF16].flatMap {
          product.made(by: cast(ProductCase.Multiply.self), $0)
        }
      }
    default: Issue.record("no test runs the clones of \(name)")
    }
    return y
  }
}
