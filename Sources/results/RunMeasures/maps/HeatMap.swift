/// Numbers over a picture, row after row from the top left.
public struct HeatMap: Sendable, Hashable {
  /// Rows.
  public let rows: Int
  /// Columns.
  public let columns: Int
  /// `rows · columns` numbers.
  public var values: [Float]

  /// Takes numbers, row-major.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(rows > 0 && columns > 0 && values.count == rows * columns)
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// The numbers at another size, bilinear, with pixels as areas (`align_corners` false).
  ///
  /// Beyond the middle of an edge pixel its number goes on. Where a side grows by a whole factor the
  /// mean stays what it is.
  public func resampled(rows newRows: Int, columns newColumns: Int) -> HeatMap {
    precondition(newRows > 0 && newColumns > 0)
    if newRows == rows && newColumns == columns { return self }
    let across = Self.places(from: columns, to: newColumns)
    var result: [Float] = []
    result.reserveCapacity(newRows * newColumns)
    for down in Self.places(from: rows, to: newRows) {
      for right in across {
        let top = blend(down.low, right)
        result.append(top + (blend(down.high, right) - top) * down.share)
      }
    }
    return HeatMap(rows: newRows, columns: newColumns, values: result)
  }

  private typealias Place = (low: Int, high: Int, share: Float)

  private func blend(_ row: Int, _ place: Place) -> Float {
    let (low, high) = (values[row * columns + place.low], values[row * columns + place.high])
    return low + (high - low) * place.share
  }

  private static func places(from old: Int, to new: Int) -> [Place] {
    (0..<new).map { index in
      let middle = (Float(index) + 0.5) * Float(old) / Float(new) - 0.5
      let clamped = min(max(middle, 0), Float(old - 1))
      let low = Int(clamped)
      return (low, min(low + 1, old - 1), clamped - Float(low))
    }
  }

  /// The largest number.
  public var largest: Float { values.max() ?? 0 }

  /// The mean.
  public var mean: Float {
    Float(values.reduce(0.0) { $0 + Double($1) } / Double(values.count))
  }

  /// Divides number by number; 0 where the divisor is 0.
  public static func / (left: HeatMap, right: HeatMap) -> HeatMap {
    combine(left, right) { $1 > 0 ? $0 / $1 : 0 }
  }

  /// Subtracts number from number.
  public static func - (left: HeatMap, right: HeatMap) -> HeatMap { combine(left, right, -) }

  private static func combine(
    _ left: HeatMap, _ right: HeatMap, _ operation: (Float, Float) -> Float
  ) -> HeatMap {
    precondition(left.rows == right.rows && left.columns == right.columns, "maps of two sizes")
    return HeatMap(
      rows: left.rows, columns: left.columns,
      values: zip(left.values, right.values).map(operation))
  }

  /// The number below which a share of all numbers lies, between neighbours in proportion.
  public static func percentile(_ share: Double, of maps: [HeatMap]) -> Float {
    let sorted = maps.flatMap(\.values).sorted()
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (sorted[low + 1] - sorted[low]) * Float(place - Double(low))
  }
}
