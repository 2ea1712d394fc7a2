extension PixelBuffer {
  /// The part of a photograph that a frame keeps, at the frame's target size.
  ///
  /// Separable cubic convolution (Keys 1981, a = −1/2), stretched by the factor of the reduction, so that
  /// nothing finer than a new pixel is left to alias; at the edges the weights that fall outside are
  /// left out and the rest scaled up. Weights are multiples of 2⁻²⁰ that add up to 1; sums are exact
  /// integers, rounded once, half up. So the bytes are the same everywhere, a plain area stays as it
  /// is, and an unchanged size gives the picture itself.
  public func resampled(_ frame: PhotoFrame) -> PixelBuffer {
    precondition(
      frame.photo == PictureSize(width: width, height: height), "another picture's frame")
    let target = frame.target
    let columns = CubicTaps(
      from: width, start: frame.left, length: frame.width, to: target.width)
    let rows = CubicTaps(from: height, start: frame.top, length: frame.height, to: target.height)
    let used = rows.used
    let stride = 3 * target.width
    let wide = [Int32](unsafeUninitializedCapacity: used.count * stride) { out, filled in
      bytes.withUnsafeBufferPointer { stored in
        for (line, y) in used.enumerated() {
          let row = UnsafeBufferPointer(rebasing: stored[3 * width * y..<3 * width * (y + 1)])
          columns.apply(
            to: row, UnsafeMutableBufferPointer(rebasing: out[line * stride..<(line + 1) * stride]))
        }
      }
      filled = used.count * stride
    }
    let result = [UInt8](unsafeUninitializedCapacity: target.height * stride) { out, filled in
      wide.withUnsafeBufferPointer { wide in
        for y in 0..<target.height {
          rows.apply(
            at: y, to: wide, first: used.lowerBound, stride: stride,
            UnsafeMutableBufferPointer(rebasing: out[y * stride..<(y + 1) * stride]))
        }
      }
      filled = target.height * stride
    }
    return PixelBuffer(width: target.width, height: target.height, bytes: result)
  }
}

/// For each new pixel along one axis, the old ones that it is made of and their weights.
private struct CubicTaps {
  /// What all weights of a new pixel add up to, as a power of two.
  static let bits: Int32 = 20

  private var firsts: [Int] = []
  /// Where each pixel's weights begin; one entry more than pixels.
  private var places: [Int] = [0]
  private var weights: [Int32] = []

  /// Old pixels `start ..< start + length` of `count` become `new` ones.
  init(from count: Int, start: Double, length: Double, to new: Int) {
    let scale = length / Double(new)
    let stretch = max(scale, 1)
    for pixel in 0..<new {
      let centre = start + (Double(pixel) + 0.5) * scale
      let low = min(max(Int((centre - 2 * stretch).rounded(.down)), 0), count - 1)
      let high = min(max(Int((centre + 2 * stretch).rounded(.up)), low + 1), count)
      let raw = (low..<high).map { Self.kernel((Double($0) + 0.5 - centre) / stretch) }
      append(raw, first: low)
    }
  }

  /// The old pixels that any new one is made of.
  var used: Range<Int> {
    let ends = firsts.indices.map { firsts[$0] + places[$0 + 1] - places[$0] }
    return (firsts.min() ?? 0)..<(ends.max() ?? 0)
  }

  /// Along a row of RGB bytes; the sums are in units of 2⁻²⁰.
  func apply(to row: UnsafeBufferPointer<UInt8>, _ out: UnsafeMutableBufferPointer<Int32>) {
    weights.withUnsafeBufferPointer { weights in
      for pixel in firsts.indices {
        var (red, green, blue): (Int32, Int32, Int32) = (0, 0, 0)
        var at = 3 * firsts[pixel]
        for place in places[pixel]..<places[pixel + 1] {
          let weight = weights[place]
          red &+= weight &* Int32(row[at])
          green &+= weight &* Int32(row[at + 1])
          blue &+= weight &* Int32(row[at + 2])
          at += 3
        }
        (out[3 * pixel], out[3 * pixel + 1], out[3 * pixel + 2]) = (red, green, blue)
      }
    }
  }

  /// Across rows of sums, of which the first is row `first`, to one row of bytes.
  func apply(
    at pixel: Int, to rows: UnsafeBufferPointer<Int32>, first: Int, stride: Int,
    _ out: UnsafeMutableBufferPointer<UInt8>
  ) {
    var sums = [Int64](repeating: 0, count: stride)
    for (tap, place) in (places[pixel]..<places[pixel + 1]).enumerated() {
      let (weight, start) = (Int64(weights[place]), (firsts[pixel] + tap - first) * stride)
      for x in 0..<stride { sums[x] &+= weight &* Int64(rows[start + x]) }
    }
    let half = Int64(1) << (2 * Int64(Self.bits) - 1)
    for x in 0..<stride {
      out[x] = UInt8(min(max((sums[x] &+ half) >> (2 * Int64(Self.bits)), 0), 255))
    }
  }

  /// Rounds weights to whole numbers that add up; what is missing goes to the largest of them.
  private mutating func append(_ raw: [Double], first: Int) {
    let total = raw.reduce(0, +)
    let one = Double(1 << Self.bits)
    var whole = raw.map { Int32(($0 / total * one).rounded()) }
    let largest = whole.indices.max { whole[$0] < whole[$1] } ?? 0
    whole[largest] += 1 << Self.bits - whole.reduce(0, +)
    firsts.append(first)
    weights += whole
    places.append(weights.count)
  }

  private static func kernel(_ x: Double) -> Double {
    let x = abs(x)
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0
  }
}
