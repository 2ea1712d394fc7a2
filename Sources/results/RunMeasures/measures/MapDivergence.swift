public import EditJobs

/// How far a variant's mean maps are from what its source's would give it.
///
/// With Ā the mean map of a run (tokens × positions), n over the edit prompt's tokens that have a
/// counterpart in the source prompt, and share the counterpart's columns:
///
///     1/positions · Σ_positions ½ · Σ_n | Ā_variant[n] − Σ_s share(s, n) · Ā_source[s] |
///
/// Attention at a position sums to one over the tokens, so this is the mean total variation: 0 where
/// every counterpart's map is the source's, 1 where nothing is; above 1 only by weights.
public enum MapDivergence {
  /// The divergence of two running sums over equally many steps.
  ///
  /// - Parameters:
  ///   - source: the source's sums, (tokens, rows, columns).
  ///   - variant: the variant's.
  ///   - shape: tokens, rows, columns.
  ///   - steps: steps that the sums are over.
  ///   - counterparts: per token of the edit prompt the source's columns; empty for none.
  public static func between(
    source: [Float], variant: [Float], shape: [Int], steps: Int,
    counterparts: [[TokenMapper.Share]]
  ) -> Double {
    let (tokens, positions) = (shape[0], shape[1] * shape[2])
    precondition(source.count == tokens * positions && variant.count == source.count && steps > 0)
    var sum = 0.0
    for (token, columns) in counterparts.enumerated() where !columns.isEmpty && token < tokens {
      for position in 0..<positions {
        let expected = columns.reduce(0.0) {
          $0 + $1.share * Double(source[$1.token * positions + position])
        }
        sum += abs(Double(variant[token * positions + position]) - expected)
      }
    }
    return sum / 2 / Double(positions) / Double(steps)
  }
}
