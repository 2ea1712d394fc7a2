import CKernels
import Foundation
import Testing

/// The kernels' own elementary functions against the C library's double precision.
struct KernelAccuracyTests {
  /// The largest relative error of `function` over a grid.
  private func worst(
    _ range: ClosedRange<Float>, _ step: Float,
    _ function: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void,
    _ exact: (Double) -> Double
  ) -> Double {
    let x = Array(stride(from: range.lowerBound, through: range.upperBound, by: step))
    var y = x
    function(x, &y, x.count)
    return zip(x, y).reduce(0) { worst, point in
      let value = exact(Double(point.0))
      return value == 0 ? worst : max(worst, abs(Double(point.1) - value) / abs(value))
    }
  }

  /// `WrittenOrderTests` finds the kernels' own exponentials equal to these.
  @Test func exponential() {
    let written = { (x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, count: Int) in
      for index in 0..<count { y[index] = writtenExponential(x[index]) }
    }
    #expect(worst(-86.9...87.9, 0.0017, written, exp) < 3e-7)
  }

  @Test func gaussianUnit() {
    let exact = { (x: Double) in x * 0.5 * erfc(-x / 2.0.squareRoot()) }
    // In the left tail the value itself fades; a float32 `1 + erf` would have lost a thousandth here.
    #expect(worst(-4...(-1), 0.00071, ck_gelu, exact) < 5e-5)
    #expect(worst(-1...12, 0.00071, ck_gelu, exact) < 5e-7)
  }

  @Test func sigmoidUnits() {
    #expect(worst(-80...80, 0.0031, ck_silu) { $0 / (1 + exp(-$0)) } < 4e-7)
    #expect(worst(-10...40, 0.0031, ck_quick_gelu) { $0 / (1 + exp(-1.702 * $0)) } < 3e-6)
  }

  @Test func doublePrecision() {
    var numbers = TestNumbers(seed: 2)
    for _ in 0..<20_000 {
      let unit = (Double(numbers.next()) + 1) / 2 + 1e-9
      #expect(abs(ck_math_log(unit) - log(unit)) <= 4e-16 * max(1e-3, abs(log(unit))))
      let small = -0.999999 * unit
      #expect(abs(ck_math_log1p(small) - log1p(small)) <= 5e-16 * abs(log1p(small)))
      let angle = Double(numbers.next()) * 1_000
      #expect(abs(ck_math_sin(angle) - sin(angle)) <= 3e-16)
      #expect(abs(ck_math_cos(angle) - cos(angle)) <= 3e-16)
    }
    #expect(ck_math_log(0) == -.infinity && ck_math_log(-1).isNaN)
  }
}
