import Foundation
import Synchronization
import Tensors

/// Every operation as its definition reads: plain loops, sums in double precision, no kernels.
///
/// Slow on purpose. Models are tested on it, and other backends are compared with it.
final class ReferenceBackend: Backend {
  let fingerprint = "reference"

  /// A weight as it was loaded.
  struct Weight: Equatable {
    var shape: [Int]
    var bits: [UInt32]
  }

  private let log: Mutex<[Weight]?>
  /// Whether the factors of products are rounded to bfloat16.
  private let roundsFactors: Bool

  /// - Parameters:
  ///   - logsWeights: whether every weight is remembered in the order of loading.
  ///   - roundsFactors: whether the factors of products are rounded to bfloat16.
  init(logsWeights: Bool = false, roundsFactors: Bool = false) {
    log = Mutex(logsWeights ? [] : nil)
    self.roundsFactors = roundsFactors
  }

  /// One side of a product.
  func factors(_ x: [Float]) -> [Float] { roundsFactors ? x.map(\.bfloat) : x }

  /// The weights that were loaded so far.
  var weights: [Weight] { log.withLock { $0 ?? [] } }

  /// Numbers of a tensor, kept as float32; `byteCount` is what its element type would take.
  final class Numbers: Storage {
    let values: [Float]
    let bytes: [UInt8]
    var byteCount: Int { bytes.count }
    init(_ values: [Float], _ element: ElementType) {
      (self.values, bytes) = element.stored(values)
    }
  }

  func make(_ values: [Float], _ shape: [Int], _ element: ElementType = .f32) -> Tensor {
    precondition(values.count == shape.reduce(1, *), "\(values.count) numbers for \(shape)")
    return Tensor(shape, element, Numbers(values, element))
  }

  func values(_ x: Tensor) -> ArraySlice<Float> {
    guard let numbers = x.storage as? Numbers else {
      preconditionFailure("a tensor of another backend")
    }
    return numbers.values[x.offset..<x.offset + x.count]
  }

  // MARK: Moving numbers

  func upload(_ values: [Float], shape: [Int]) -> Tensor { make(values, shape) }

  func upload(_ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType) -> Tensor {
    make(
      element.decoded(bytes, count: shape.reduce(1, *)), shape, element == .bf16 ? .f32 : element)
  }

  func weight(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType, role: WeightRole
  ) -> Tensor {
    let values = element.decoded(bytes, count: shape.reduce(1, *))
    log.withLock { $0?.append(Weight(shape: shape, bits: values.map(\.bitPattern))) }
    return make(values, shape)
  }

  func download(_ x: Tensor) -> [Float] { Array(values(x)) }

  func withBytes<Result>(
    of x: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    guard let numbers = x.storage as? Numbers else {
      preconditionFailure("a tensor of another backend")
    }
    let first = x.offset * x.element.byteCount
    return try numbers.bytes.withUnsafeBytes {
      try body(UnsafeRawBufferPointer(rebasing: $0[first..<first + x.count * x.element.byteCount]))
    }
  }

  func cast(_ x: Tensor, to element: ElementType) -> Tensor {
    make(download(x), x.shape, element)
  }

  // MARK: Layers

  func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    precondition(x.shape.last == inputs, "linear of \(x.shape) by \(weight.shape)")
    let (v, w) = (factors(download(x)), factors(download(weight)))
    let b = bias.map(download)
    let positions = x.count / inputs
    var y = [Float](repeating: 0, count: positions * outputs)
    for p in 0..<positions {
      for o in 0..<outputs {
        var sum = 0.0
        for i in 0..<inputs { sum += Double(v[p * inputs + i]) * Double(w[o * inputs + i]) }
        y[p * outputs + o] = Float(sum + Double(b?[o] ?? 0))
      }
    }
    return make(y, x.shape.dropLast() + [outputs])
  }

  func conv2d(_ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int) -> Tensor {
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (outputs, kh, kw) = (weight.shape[0], weight.shape[2], weight.shape[3])
    precondition(weight.shape[1] == c, "convolution of \(x.shape) by \(weight.shape)")
    let rows = (h + 2 * padding - kh) / stride + 1
    let columns = (w + 2 * padding - kw) / stride + 1
    let (v, k) = (factors(download(x)), factors(download(weight)))
    let b = bias.map(download)
    var y = [Float](repeating: 0, count: n * rows * columns * outputs)
    for image in 0..<n {
      for r in 0..<rows {
        for q in 0..<columns {
          for o in 0..<outputs {
            var sum = 0.0
            for i in 0..<kh {
              for j in 0..<kw {
                let (yy, xx) = (r * stride + i - padding, q * stride + j - padding)
                guard yy >= 0, yy < h, xx >= 0, xx < w else { continue }
                let from = ((image * h + yy) * w + xx) * c
                for channel in 0..<c {
                  sum +=
                    Double(v[from + channel]) * Double(k[((o * c + channel) * kh + i) * kw + j])
                }
              }
            }
            y[((image * rows + r) * columns + q) * outputs + o] = Float(sum + Double(b?[o] ?? 0))
          }
        }
      }
    }
    return make(y, [n, rows, columns, outputs])
  }

  func groupNorm(
    _ x: Tensor, groups: Int, _ gain: Tensor, _ shift: Tensor, eps: Float, thenSiLU: Bool
  ) -> Tensor {
    let (n, c) = (x.shape[0], x.shape[x.shape.count - 1])
    precondition(c % groups == 0, "\(c) channels in \(groups) groups")
    let (positions, width) = (x.count / n / c, c / groups)
    let (v, g, s) = (download(x), download(gain), download(shift))
    var y = v
    for row in 0..<n {
      for group in 0..<groups {
        let places = (0..<positions).flatMap { p in
          (0..<width).map { (row * positions + p) * c + group * width + $0 }
        }
        let (mean, scale) = moments(places.map { v[$0] }, eps)
        for place in places {
          let z = Float((Double(v[place]) - mean) * scale) * g[place % c] + s[place % c]
          y[place] = thenSiLU ? Activation.silu.applied(to: z) : z
        }
      }
    }
    return make(y, x.shape)
  }

  func layerNorm(_ x: Tensor, _ gain: Tensor, _ shift: Tensor, eps: Float) -> Tensor {
    let c = x.shape[x.shape.count - 1]
    let (v, g, s) = (download(x), download(gain), download(shift))
    var y = v
    for first in Swift.stride(from: 0, to: x.count, by: c) {
      let (mean, scale) = moments(Array(v[first..<first + c]), eps)
      for i in 0..<c { y[first + i] = Float((Double(v[first + i]) - mean) * scale) * g[i] + s[i] }
    }
    return make(y, x.shape)
  }

  private func moments(_ values: [Float], _ eps: Float) -> (mean: Double, scale: Double) {
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, 1 / (variance / Double(values.count) + Double(eps)).squareRoot())
  }

  func activate(_ x: Tensor, _ function: Activation) -> Tensor {
    make(values(x).map(function.applied(to:)), x.shape)
  }

  func geglu(_ x: Tensor) -> Tensor {
    let c = x.shape[x.shape.count - 1] / 2
    let v = download(x)
    let y = (0..<x.count / 2).map { i in
      let first = i / c * 2 * c + i % c
      return v[first] * Activation.gelu.applied(to: v[first + c])
    }
    return make(y, x.shape.dropLast() + [c])
  }

  func embed(_ ids: [[Int]], _ table: Tensor) -> Tensor {
    let c = table.shape[1]
    let t = values(table)
    let y = ids.flatMap { $0 }.flatMap {
      t[t.startIndex + $0 * c..<t.startIndex + ($0 + 1) * c]
    }
    return make(y, [ids.count, ids.first?.count ?? 0, c])
  }

  // MARK: Elementwise and layout

  func add(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape == y.shape, "\(x.shape) + \(y.shape)")
    return make(zip(values(x), values(y)).map { $0 + $1 }, x.shape)
  }

  func addToChannels(_ x: Tensor, _ vector: Tensor) -> Tensor {
    let (n, c) = (x.shape[0], x.shape[x.shape.count - 1])
    precondition(vector.shape == [n, c], "\(x.shape) + \(vector.shape)")
    let (v, a, perRow) = (download(x), download(vector), x.count / n)
    return make(v.indices.map { v[$0] + a[$0 / perRow * c + $0 % c] }, x.shape)
  }

  func combine(_ terms: [(Float, Tensor)]) -> Tensor {
    let parts = terms.map { ($0.0, download($0.1)) }
    precondition(terms.allSatisfy { $0.1.shape == terms[0].1.shape }, "terms differ in shape")
    let y = parts[0].1.indices.map { i in
      parts.dropFirst().reduce(parts[0].0 * parts[0].1[i]) { $0 + $1.0 * $1.1[i] }
    }
    return make(y, terms[0].1.shape)
  }

  func select(_ mask: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(
      x.shape == y.shape && Array(x.shape.suffix(mask.shape.count)) == mask.shape,
      "\(mask.shape) of \(x.shape) and \(y.shape)")
    let (gates, v, w) = (download(mask), download(x), download(y))
    return make(v.indices.map { gates[$0 % gates.count] != 0 ? v[$0] : w[$0] }, x.shape)
  }

  func concatChannels(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape.dropLast() == y.shape.dropLast(), "\(x.shape) beside \(y.shape)")
    let (a, b) = (x.shape[x.shape.count - 1], y.shape[y.shape.count - 1])
    let (v, w) = (download(x), download(y))
    var z: [Float] = []
    for place in 0..<x.count / a {
      z += v[place * a..<(place + 1) * a]
      z += w[place * b..<(place + 1) * b]
    }
    return make(z, x.shape.dropLast() + [a + b])
  }

  func concatRows(_ parts: [Tensor]) -> Tensor {
    precondition(parts.allSatisfy { $0.shape.dropFirst() == parts[0].shape.dropFirst() })
    let rows = parts.reduce(0) { $0 + $1.shape[0] }
    return make(parts.flatMap(values), [rows] + parts[0].shape.dropFirst(), parts[0].element)
  }

  func upsampleNearest(_ x: Tensor) -> Tensor {
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let v = download(x)
    var y: [Float] = []
    for image in 0..<n {
      for row in 0..<2 * h {
        for column in 0..<2 * w {
          let first = ((image * h + row / 2) * w + column / 2) * c
          y += v[first..<first + c]
        }
      }
    }
    return make(y, [n, 2 * h, 2 * w, c])
  }

  func channelsLast(_ x: Tensor) -> Tensor {
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return make(transposed(download(x), n, c, h * w), [n, h, w, c])
  }

  func channelsFirst(_ x: Tensor) -> Tensor {
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    return make(transposed(download(x), n, h * w, c), [n, c, h, w])
  }

  /// (n, a, b) → (n, b, a).
  private func transposed(_ v: [Float], _ n: Int, _ a: Int, _ b: Int) -> [Float] {
    var y = v
    for row in 0..<n {
      for i in 0..<a { for j in 0..<b { y[(row * b + j) * a + i] = v[(row * a + i) * b + j] } }
    }
    return y
  }

  func allFinite(_ x: Tensor) -> Bool { values(x).allSatisfy(\.isFinite) }
}

extension Activation {
  /// The function's value, computed in double precision.
  func applied(to x: Float) -> Float {
    let z = Double(x)
    switch self {
    case .silu: return Float(z / (1 + exp(-z)))
    case .gelu: return Float(z * 0.5 * (1 + erf(z / 2.0.squareRoot())))
    case .quickGELU: return Float(z / (1 + exp(-1.702 * z)))
    }
  }
}

extension ElementType {
  /// The numbers as they read back, and their bytes.
  func stored(_ values: [Float]) -> (values: [Float], bytes: [UInt8]) {
    switch self {
    case .f32: return (values, values.withUnsafeBytes { Array($0) })
    case .f16:
      let halves = values.map { Float16($0) }
      return (halves.map { Float($0) }, halves.withUnsafeBytes { Array($0) })
    case .bf16: preconditionFailure("tensors are kept as f32 or f16")
    }
  }

  /// Reads `count` numbers.
  func decoded(_ bytes: UnsafeRawBufferPointer, count: Int) -> [Float] {
    precondition(bytes.count == count * byteCount, "\(bytes.count) bytes for \(count) \(self)")
    return (0..<count).map {
      switch self {
      case .f32: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      case .f16: Float(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self))
      case .bf16:
        Float(
          bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)) << 16)
      }
    }
  }
}
