import EditJobs
public import JobStore
public import RunMeasures

/// Whether a sweep's variants come closer to their source as tau grows, as they should.
public struct SweepSanity: Sendable, Hashable {
  /// Spearman's rank correlation of the steps of cross-attention that are injected with the latent
  /// distance to the source, −1…1, averaged over the lines of the grid along tau.
  public let correlation: Double
  /// How many lines it is averaged over.
  public let lines: Int

  /// Looks along tau with everything else equal; `nil` where no line has three different ends of
  /// windows that start with the run.
  public init?(_ cells: [ResultRow], _ measures: [Measures?]) {
    var lines: [[Coordinate]: [(tau: Double, distance: Double)]] = [:]
    for (row, measures) in zip(cells, measures) where row.cell.role == .cell {
      guard let measures, row.edit.cross.from == 0,
        row.cell.coordinates.contains(where: { $0.axis == "tau" })
      else { continue }
      let others = row.cell.coordinates.filter { $0.axis != "tau" }
      lines[others, default: []].append((Double(row.edit.cross.to), measures.latentDistance))
    }
    let correlations = lines.values.compactMap { line -> Double? in
      guard Set(line.map(\.tau)).count >= 3 else { return nil }
      return RankCorrelation.spearman(line.map(\.tau), line.map(\.distance))
    }
    guard !correlations.isEmpty else { return nil }
    correlation = correlations.reduce(0, +) / Double(correlations.count)
    self.lines = correlations.count
  }

  /// The line for people.
  public var sentence: String {
    let verdict =
      switch correlation {
      case ..<(-0.5): "falls as it should"
      case ..<0.5: "does not fall clearly"
      default: "rises, and should fall"
      }
    let hundredths = Int((abs(correlation) * 100).rounded())
    let digits = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    return "tau against distance to the source: rank correlation "
      + "\(correlation < 0 && hundredths > 0 ? "−" : "")\(digits) (\(verdict))"
  }
}

/// Correlation of ranks.
public enum RankCorrelation {
  /// Spearman's ρ: the correlation of the ranks, equal values sharing their mean rank; `nil` where one
  /// side has no two different values.
  public static func spearman(_ left: [Double], _ right: [Double]) -> Double? {
    precondition(left.count == right.count, "pairs of values")
    let (a, b) = (ranks(left), ranks(right))
    let mean = Double(a.count + 1) / 2
    var (product, squareA, squareB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += (x - mean) * (y - mean)
      squareA += (x - mean) * (x - mean)
      squareB += (y - mean) * (y - mean)
    }
    guard squareA > 0, squareB > 0 else { return nil }
    return product / (squareA * squareB).squareRoot()
  }

  private static func ranks(_ values: [Double]) -> [Double] {
    values.map { value in
      let below = values.count { $0 < value }
      let equal = values.count { $0 == value }
      return Double(below) + Double(equal + 1) / 2
    }
  }
}
