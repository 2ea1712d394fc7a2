public import EditJobs
public import Files

extension TokenMaps {
  /// The shorter side that a site must have to be looked at; finer ones than the control resolution
  /// count as well.
  private static let leastSide = 8

  /// The sites of a finer map: the cross sites of the down and up stages whose shorter side is at
  /// least 8, or the finest where none is.
  public static func fineSites(of sites: [ModelFacts.Site]) -> [ModelFacts.Site] {
    let cross = sites.filter { $0.name.kind == .cross && $0.name.stage != .mid }
    let used = cross.filter { min($0.rows, $0.columns) >= Self.leastSide }
    guard used.isEmpty else { return used }
    let finest = cross.map { $0.rows * $0.columns }.max()
    return cross.filter { $0.rows * $0.columns == finest }
  }

  /// The averaged maps of a source at the resolution of its finest site that is looked at.
  ///
  /// Per resolution the mean over heads, sites and steps is taken; then those are enlarged to the
  /// finest, bilinear, and averaged.
  /// - Parameter sites: those that `means` has, of the model at the source's size.
  /// - Throws: `no-maps` (66) where no site is looked at.
  public init(fine means: SiteMeans, sites: [ModelFacts.Site]) throws(EditError) {
    var sums: [Resolution: (values: [Float], maps: Int)] = [:]
    for site in sites {
      guard let values = means.sums[site.name.description] else { continue }
      let size = Resolution(rows: site.rows, columns: site.columns, tokens: site.keys)
      let empty = [Float](repeating: 0, count: values.count)
      sums[size, default: (empty, 0)].maps += means.steps.count
      sums[size]?.values.add(values)
    }
    guard let finest = sums.keys.max(by: { $0.rows * $0.columns < $1.rows * $1.columns }) else {
      throw EditError("no-maps", .missing, "the model has no cross-attention site to look at")
    }
    self = Self.averaged(sums, at: finest)
  }

  private struct Resolution: Hashable {
    var rows: Int
    var columns: Int
    var tokens: Int
  }

  private static func averaged(
    _ sums: [Resolution: (values: [Float], maps: Int)], at finest: Resolution
  ) -> TokenMaps {
    let size = finest.rows * finest.columns
    var values = [Float](repeating: 0, count: size * finest.tokens)
    // From coarse to fine: equal sums give equal maps.
    for (resolution, sum) in sums.sorted(by: { $0.key.rows < $1.key.rows }) {
      let queries = resolution.rows * resolution.columns
      let scale = 1 / Float(sum.maps * sums.count)
      for token in 0..<finest.tokens {
        let own = (0..<queries).map { sum.values[$0 * finest.tokens + token] }
        let map = HeatMap(rows: resolution.rows, columns: resolution.columns, values: own)
          .resampled(rows: finest.rows, columns: finest.columns)
        for at in 0..<size { values[token * size + at] += scale * map.values[at] }
      }
    }
    return TokenMaps(
      tokens: finest.tokens, rows: finest.rows, columns: finest.columns, values: values)
  }
}

extension [Float] {
  fileprivate mutating func add(_ other: [Float]) {
    for at in indices { self[at] += other[at] }
  }
}
