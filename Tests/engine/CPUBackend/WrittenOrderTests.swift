import CKernels
import Testing

/// `e^x` for −87 ≤ x ≤ 88 as `vector.h` writes it down, of one number.
func writtenExponential(_ x: Float) -> Float {
  let magic: Float = 12_582_912
  let shifted = x * 1.44269504 + magic
  let n = shifted - magic
  let r = (x - n * 0.693359375) - n * -2.12194440e-4
  let coefficients: [Float] = [8.33333333e-3, 4.16666667e-2, 1.66666667e-1, 0.5]
  let p = coefficients.reduce(1.38888889e-3) { $0 * r + $1 }
  let power = (shifted.bitPattern << 23) &+ (127 << 23)
  return ((p * (r * r) + r) + 1) * Float(bitPattern: power)
}

/// Sums are taken in the order that `CKernels.h` writes down, compared with scalar loops bit for bit.
/// Products have a file of their own, `ProductChainTests`.
struct WrittenOrderTests {
  /// Sixteen partial sums, joined as every kernel joins them.
  private func joined(_ lanes: [Float]) -> Float {
    var s = lanes
    for half in [8, 4] { for i in 0..<half { s[i] += s[i + half] } }
    return (s[0] + s[2]) + (s[1] + s[3])
  }

  @Test(arguments: [1, 16, 77, 256, 257, 300, 512, 1_030, 4_096]) func softmax(_ tokens: Int) {
    var random = TestNumbers(seed: tokens)
    let scores = random.next(tokens).map { $0 * 20 }
    let top = scores.max() ?? 0
    let powers = scores.map { writtenExponential($0 - top) }
    var lanes = [Float](repeating: 0, count: 16)
    for first in stride(from: 0, to: tokens, by: 256) {
      var part = [Float](repeating: 0, count: 16)
      for j in first..<min(first + 256, tokens) { part[j % 16] += powers[j] }
      for lane in 0..<16 { lanes[lane] += part[lane] }
    }
    let scale = 1 / joined(lanes)
    var found = scores
    ck_softmax(&found, 1, tokens, 0)
    expectSameBits(found, powers.map { $0 * scale }, "softmax of \(tokens)")
  }

  /// Lines of sums, joined level by level.
  @Test(arguments: [(1, 5), (2, 16), (64, 33), (65, 20), (200, 96), (4_096, 17), (4_100, 3)])
  func groupSums(_ lines: Int, _ channels: Int) {
    var random = TestNumbers(seed: lines)
    let values = random.next(lines * channels)
    let expected = (0..<channels).map { channel in
      var level = (0..<lines).map { values[$0 * channels + channel] }
      while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 64).map { first in
          level[first..<min(first + 64, level.count)].reduce(0, +)
        }
      }
      return level[0]
    }
    var found = values
    ck_join_sums(&found, lines, channels)
    expectSameBits(Array(found.prefix(channels)), expected, "\(lines) lines of \(channels)")
  }

  @Test func groupMeansAndScales() {
    var random = TestNumbers(seed: 3)
    let (sums, gain) = (random.next(60).map { abs($0) * 90 }, random.next(60))
    let means = (0..<60).map { sums[$0 / 12 * 12..<$0 / 12 * 12 + 12].reduce(0, +) / 700 }
    var found = [Float](repeating: 0, count: 60)
    ck_group_means(sums, 60, 5, 700, &found)
    expectSameBits(found, means, "means")
    ck_group_scales(sums, 60, 5, 700, 1e-5, gain, &found)
    let scales = zip(gain, means).map { $0 * (1 / ($1 + 1e-5).squareRoot()) }
    expectSameBits(found, scales, "scales")
  }

  @Test(arguments: [1, 16, 50, 320]) func layerNorm(_ channels: Int) {
    var random = TestNumbers(seed: channels)
    let (x, gain) = (random.next(channels), random.next(channels))
    let shift = random.next(channels)
    func sum(_ values: [Float]) -> Float {
      var lanes = [Float](repeating: 0, count: 16)
      for (j, value) in values.enumerated() { lanes[j % 16] += value }
      return joined(lanes)
    }
    let mean = sum(x) / Float(channels)
    let variance = sum(x.map { ($0 - mean) * ($0 - mean) }) / Float(channels)
    let scale = 1 / (variance + 1e-5).squareRoot()
    let expected = x.indices.map { ((x[$0] - mean) * scale) * gain[$0] + shift[$0] }
    var found = [Float](repeating: 0, count: channels)
    ck_layer_norm(x, 1, channels, gain, shift, 1e-5, &found)
    expectSameBits(found, expected, "layer norm of \(channels)")
  }

  @Test func winogradWeights() {
    var random = TestNumbers(seed: 9)
    let g = random.next(9)
    func transformed(_ g: [Float]) -> [Float] {
      [g[0], 0.5 * ((g[0] + g[2]) + g[1]), 0.5 * ((g[0] + g[2]) - g[1]), g[2]]
    }
    let rows = (0..<3).map { transformed(Array(g[3 * $0..<3 * $0 + 3])) }
    let columns = (0..<4).map { x in transformed(rows.map { $0[x] }) }
    let expected = (0..<16).map { columns[$0 % 4][$0 / 4] }
    var found = [Float](repeating: 0, count: 16)
    ck_winograd_weights(g, 1, 1, &found)
    expectSameBits(found, expected, "tile")
  }
}
