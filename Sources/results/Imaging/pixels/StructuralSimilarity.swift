/// The structural similarity of two pictures, place by place (Wang, Bovik, Sheikh and Simoncelli
/// 2004, "Image quality assessment: from error visibility to structural similarity").
///
/// As published: on luma in 0…255 (ITU-R BT.601, not rounded), in a circular Gaussian window of 11×11
/// with a standard deviation of 1.5, with K1 = 0.01 and K2 = 0.03, at every place where the whole
/// window lies in the picture. Plain double arithmetic in a fixed order: the same bits everywhere.
public struct StructuralSimilarity: Sendable {
  /// Places from left to right: ten less than the picture has pixels.
  public let columns: Int
  /// Places from top to bottom.
  public let rows: Int
  /// The similarity at each place, row after row; 1 is equal.
  public let values: [Double]

  /// Compares two pictures of one size; `nil` where a side is shorter than the window.
  public init?(_ left: PixelBuffer, _ right: PixelBuffer) {
    precondition(left.width == right.width && left.height == right.height, "two sizes")
    guard left.width >= Self.side, left.height >= Self.side else { return nil }
    let (x, y) = (Self.luma(left), Self.luma(right))
    let size = (width: left.width, height: left.height)
    func filtered(_ value: (Int) -> Double) -> [Double] {
      Self.filtered(x.indices.map(value), width: size.width, height: size.height)
    }
    let (meanX, meanY) = (filtered { x[$0] }, filtered { y[$0] })
    let squareX = filtered { x[$0] * x[$0] }
    let squareY = filtered { y[$0] * y[$0] }
    let product = filtered { x[$0] * y[$0] }
    (columns, rows) = (size.width - Self.side + 1, size.height - Self.side + 1)
    values = meanX.indices.map { i in
      let (a, b) = (meanX[i], meanY[i])
      let (varianceX, varianceY) = (squareX[i] - a * a, squareY[i] - b * b)
      let covariance = product[i] - a * b
      return (2 * a * b + Self.c1) * (2 * covariance + Self.c2)
        / ((a * a + b * b + Self.c1) * (varianceX + varianceY + Self.c2))
    }
  }

  /// The mean over all places: the published index.
  public var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// The mean over the places whose centre is inside a mask of the picture; `nil` where none is.
  public func mean(inside mask: PictureMask) -> Double? {
    let margin = Self.side / 2
    precondition(mask.width == columns + 2 * margin && mask.height == rows + 2 * margin)
    var (sum, count) = (0.0, 0)
    for row in 0..<rows {
      for column in 0..<columns
      where mask.flags[(row + margin) * mask.width + column + margin] {
        sum += values[row * columns + column]
        count += 1
      }
    }
    return count == 0 ? nil : sum / Double(count)
  }

  private static let side = weights.count
  private static let c1 = (0.01 * 255) * (0.01 * 255)
  private static let c2 = (0.03 * 255) * (0.03 * 255)
  /// exp(−i² / (2 · 1.5²)) for i in −5…5, divided by their sum; written out, because `exp` differs
  /// from machine to machine.
  private static let weights = [
    0.00102838008447911, 0.007598758135239185, 0.03600077212843083, 0.10936068950970002,
    0.2130055377112537, 0.26601172486179436, 0.2130055377112537, 0.10936068950970002,
    0.03600077212843083, 0.007598758135239185, 0.00102838008447911,
  ]

  private static func luma(_ picture: PixelBuffer) -> [Double] {
    stride(from: 0, to: picture.bytes.count, by: 3).map { at -> Double in
      let red = Double(picture.bytes[at]), green = Double(picture.bytes[at + 1])
      let blue = Double(picture.bytes[at + 2])
      return 0.299 * red + 0.587 * green + 0.114 * blue
    }
  }

  /// The weighted mean in the window at every place, along rows and then along columns.
  private static func filtered(_ values: [Double], width: Int, height: Int) -> [Double] {
    let columns = width - side + 1
    var along = [Double](repeating: 0, count: columns * height)
    for row in 0..<height {
      for column in 0..<columns {
        var sum = 0.0
        for tap in 0..<side { sum += weights[tap] * values[row * width + column + tap] }
        along[row * columns + column] = sum
      }
    }
    let rows = height - side + 1
    var result = [Double](repeating: 0, count: columns * rows)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for tap in 0..<side { sum += weights[tap] * along[(row + tap) * columns + column] }
        result[row * columns + column] = sum
      }
    }
    return result
  }
}
