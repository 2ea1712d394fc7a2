public import EditJobs

extension TokenMaps {
  /// The shorter side that a site must have to be looked at; finer ones than the control resolution
  /// count as well.
  private static let leastSide = 8

  /// The averaged maps of a source at the resolution of its finest site, from its stored maps.
  ///
  /// All cross sites of the down and up stages take part whose shorter side is at least 8, or the
  /// finest where none is. Per resolution the mean over heads, sites and steps is taken; then those
  /// are enlarged to the finest, bilinear, and averaged.
  /// - Parameter sites: the model's sites at the source's size.
  /// - Throws: `maps-gone` (66) where a step's maps are not stored any more; `third-empty` (65).
  public init(
    fine source: UnitFolder, sites: [ModelFacts.Site], third: RunThird?, steps: Int,
    sampler: SamplerKind
  ) throws(EditError) {
    let span = third?.steps(of: steps) ?? 0..<steps
    guard !span.isEmpty else {
      throw EditError(
        "third-empty", .data, "a run of \(steps) steps has no such third", hint: "leave --third out"
      )
    }
    let cross = sites.filter { $0.name.hasSuffix(".cross") && !$0.name.hasPrefix("mid.") }
    var used = cross.filter { min($0.rows, $0.columns) >= Self.leastSide }
    if used.isEmpty {
      let finest = cross.map { $0.rows * $0.columns }.max()
      used = cross.filter { $0.rows * $0.columns == finest }
    }
    var sums: [Resolution: (values: [Float], maps: Int)] = [:]
    for step in span {
      // A step of several passes counts with its last.
      let pass = sampler.passes(completing: step + 1, of: steps) - 1
      do {
        let file = try MapFile(source: source, pass: pass)
        for site in used {
          let size = Resolution(rows: site.rows, columns: site.columns, tokens: site.keys)
          guard file.shape(site.name) == [site.heads, site.rows * site.columns, site.keys],
            let element = file.element(site.name)
          else { throw MapDamage.bad("\(site.name) is not there, or has another shape") }
          let empty = [Float](repeating: 0, count: size.rows * size.columns * size.tokens)
          sums[size, default: (empty, 0)].maps += 1
          let bytes = try file.read(site.name).bytes
          sums[size]?.values.add(meanOf: site.heads, bytes, element)
        }
      } catch {
        throw EditError(
          "maps-gone", .missing, "the maps of step \(step) are not stored any more",
          details: ["in \(source.maps)"],
          hint: "without --fine the averaged maps of the run are used")
      }
    }
    guard let finest = sums.keys.max(by: { $0.rows * $0.columns < $1.rows * $1.columns }) else {
      throw EditError("maps-gone", .missing, "the model has no cross-attention site to look at")
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
    for (resolution, sum) in sums {
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
  /// Adds the mean over the heads of a map's numbers: (queries, keys).
  fileprivate mutating func add(meanOf heads: Int, _ bytes: [UInt8], _ element: MapElement) {
    let (share, size) = (1 / Float(heads), count)
    bytes.withUnsafeBytes { bytes in
      withUnsafeMutableBufferPointer { sums in
        for head in 0..<heads {
          for at in 0..<size {
            let place = head * size + at
            let value: Float =
              switch element {
              case .f16: Float(bytes.loadUnaligned(fromByteOffset: 2 * place, as: Float16.self))
              case .f32: bytes.loadUnaligned(fromByteOffset: 4 * place, as: Float.self)
              }
            sums[at] += share * value
          }
        }
      }
    }
  }
}
