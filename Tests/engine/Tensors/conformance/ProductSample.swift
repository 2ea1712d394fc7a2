import Foundation
import Tensors

/// One product of a model, of some of its positions or queries, beside sums in double precision of some
/// of its numbers.
///
/// Inputs, outputs, kernels, tokens and heads are the model's own; of positions and queries there are
/// as many as fill two tasks and begin a third, because more only repeat these.
struct ProductSample: Hashable, Sendable {
  let shape: ProductShape

  /// A product with fewer positions where it has many.
  init(_ shape: ProductShape) {
    switch shape {
    case .linear(let positions, let inputs, let outputs):
      self.shape = .linear(positions: min(positions, 576), inputs: inputs, outputs: outputs)
    case .convolution(
      let height, let width, let inputs, let outputs, let kernel, let stride, let padding):
      self.shape = .convolution(
        height: min(height, 18 * stride), width: min(width, 32 * stride), inputs: inputs,
        outputs: outputs, kernel: kernel, stride: stride, padding: padding)
    case .attention(let queries, let tokens, let channels, let heads, let causal):
      self.shape = .attention(
        queries: causal ? queries : min(queries, 288), tokens: tokens, channels: channels,
        heads: heads, causal: causal)
    }
  }

  /// Numbers that its largest side has.
  var count: Int {
    switch shape {
    case .linear(let positions, let inputs, let outputs): max(positions, outputs) * inputs
    case .convolution(let height, let width, let inputs, let outputs, let kernel, _, _):
      max(height * width, outputs * kernel * kernel) * inputs
    case .attention(let queries, let tokens, let channels, _, _): max(queries, tokens) * channels
    }
  }

  /// Makes the product and compares some of its numbers: the largest error, as a part of the sum of the
  /// sizes of what is added up, which is what rounding is of.
  func error(on backend: any Backend, _ numbers: SampleNumbers) -> Double {
    switch shape {
    case .linear(let positions, let inputs, let outputs):
      let (x, w) = (numbers.inputs(positions * inputs), numbers.weights(outputs * inputs))
      let y = backend.linear(
        backend.upload(x, shape: [1, positions, inputs]),
        backend.weight(w, shape: [outputs, inputs], role: .linear),
        bias: bias(outputs, numbers, backend))
      return largest(backend.download(y), positions, outputs) { position, output, sum in
        for i in 0..<inputs {
          sum.add(x.number(position * inputs + i), w.number(output * inputs + i))
        }
        sum.add(numbers.bias(output), 1)
      }
    case .convolution(
      let height, let width, let inputs, let outputs, let kernel, let stride, let padding):
      let x = numbers.inputs(height * width * inputs)
      let w = numbers.weights(outputs * inputs * kernel * kernel)
      let y = backend.conv2d(
        backend.upload(x, shape: [1, height, width, inputs]),
        backend.weight(
          w, shape: [outputs, inputs, kernel, kernel],
          role: stride == 1 && padding == kernel / 2 ? .convolution : .resizingConvolution),
        bias: bias(outputs, numbers, backend), stride: stride, padding: padding)
      let across = y.shape[2]
      return largest(backend.download(y), y.shape[1] * across, outputs) { position, output, sum in
        for place in 0..<kernel * kernel {
          let line = position / across * stride + place / kernel - padding
          let column = position % across * stride + place % kernel - padding
          guard (0..<height).contains(line), (0..<width).contains(column) else { continue }
          for i in 0..<inputs {
            sum.add(
              x.number((line * width + column) * inputs + i),
              w.number((output * inputs + i) * kernel * kernel + place))
          }
        }
        sum.add(numbers.bias(output), 1)
      }
    case .attention(let queries, let tokens, let channels, let heads, let causal):
      let (q, k) = (numbers.inputs(queries * channels), numbers.weights(tokens * channels))
      let v = numbers.values(tokens * channels)
      let y = backend.attention(
        [
          AttentionRow(
            query: backend.upload(q, shape: [queries, channels]),
            key: backend.upload(k, shape: [tokens, channels]),
            value: backend.upload(v, shape: [tokens, channels]))
        ], queries: queries, heads: heads, causal: causal, visit: { _, _ in nil })
      let depth = channels / heads
      return largest(backend.download(y), queries, channels) { query, channel, sum in
        let seen = causal ? query + 1 : tokens
        let shares = Self.shares(
          (0..<seen).map { token in
            (channel / depth * depth..<(channel / depth + 1) * depth).reduce(0.0) {
              $0 + Double(q.number(query * channels + $1)) * Double(k.number(token * channels + $1))
            } / Double(depth).squareRoot()
          })
        for (token, share) in shares.enumerated() {
          sum.add(share, Double(v.number(token * channels + channel)))
        }
      }
    }
  }

  private func bias(_ outputs: Int, _ numbers: SampleNumbers, _ backend: any Backend) -> Tensor {
    backend.upload((0..<outputs).map(numbers.bias), shape: [outputs])
  }

  private static func shares(_ scores: [Double]) -> [Double] {
    let top = scores.max() ?? 0
    let powers = scores.map { exp($0 - top) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }

  /// Compares numbers of y (rows, columns): the corners, and some between.
  private func largest(
    _ y: [Float], _ rows: Int, _ columns: Int,
    _ terms: (_ row: Int, _ column: Int, _ sum: inout SampleSum) -> Void
  ) -> Double {
    let (lines, places) = (Self.some(rows, 5), Self.some(columns, 8))
    return lines.reduce(0) { largest, row in
      places.reduce(largest) { largest, column in
        var sum = SampleSum()
        terms(row, column, &sum)
        let error = abs(Double(y[row * columns + column]) - sum.value) / sum.size
        // What is not a number is no small error.
        return error <= largest ? largest : error
      }
    }
  }

  /// The first, the last and some between.
  private static func some(_ count: Int, _ parts: Int) -> Set<Int> {
    Set((0...parts).map { $0 * (count - 1) / parts })
  }
}

/// A sum in double precision, and the sum of its terms' sizes.
struct SampleSum {
  private(set) var value = 0.0
  private(set) var size = 0.0

  mutating func add(_ x: Double, _ w: Double) {
    value += x * w
    size += abs(x * w)
  }

  mutating func add(_ x: Float, _ w: Float) { add(Double(x), Double(w)) }
}

/// Numbers between −1 and 1 for all products, made once; parts of one list that do not fit together.
struct SampleNumbers: Sendable {
  private let all: [Float]

  /// Makes as many as the largest of some products has weights, and some more.
  init(for samples: Set<ProductSample>) {
    let most = samples.reduce(0) { max($0, $1.count) }
    var random = TestNumbers(seed: 14)
    all = random.next(most + 5_000_011)
  }

  func weights(_ count: Int) -> Slice { Slice(all, 0, count) }
  func inputs(_ count: Int) -> Slice { Slice(all, 1_000_003, count) }
  func values(_ count: Int) -> Slice { Slice(all, 2_000_003, count) }
  func bias(_ output: Int) -> Float { all[3_000_017 + output] }

  /// Some of the numbers, one after the other.
  struct Slice {
    private let all: [Float]
    private let range: Range<Int>

    fileprivate init(_ all: [Float], _ first: Int, _ count: Int) {
      (self.all, range) = (all, first..<first + count)
    }

    func number(_ index: Int) -> Float { all[range.lowerBound + index] }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
      all.withUnsafeBytes {
        body(UnsafeRawBufferPointer(rebasing: $0[4 * range.lowerBound..<4 * range.upperBound]))
      }
    }
  }
}

extension Backend {
  fileprivate func upload(_ numbers: SampleNumbers.Slice, shape: [Int]) -> Tensor {
    numbers.withBytes { upload($0, shape: shape, element: .f32) }
  }

  fileprivate func weight(
    _ numbers: SampleNumbers.Slice, shape: [Int], role: WeightRole
  ) -> Tensor {
    numbers.withBytes { weight($0, shape: shape, element: .f32, role: role) }
  }
}
