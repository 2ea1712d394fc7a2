public import Files

/// A third of a run's steps, from the noise on.
public enum RunThird: String, Sendable, CaseIterable, Codable {
  case early, middle, late

  /// The steps of a run of so many: `[0, S/3)`, `[S/3, 2S/3)`, the rest.
  public func steps(of count: Int) -> Range<Int> {
    switch self {
    case .early: 0..<count / 3
    case .middle: count / 3..<2 * count / 3
    case .late: 2 * count / 3..<count
    }
  }

  /// The steps of a third, or of the whole run.
  ///
  /// - Throws: `third-empty` (65) where the run has too few.
  public static func steps(_ third: RunThird?, of count: Int) throws(EditError) -> Range<Int> {
    let span = third?.steps(of: count) ?? 0..<count
    guard !span.isEmpty else {
      throw EditError(
        "third-empty", .data, "a run of \(count) steps has no \(third?.rawValue ?? "") third",
        hint: "leave --third out")
    }
    return span
  }
}

/// The averaged cross-attention map of every token of a unit, over all steps or a third of them.
///
/// For a variant they are the maps after editing: what acted. The mean is over heads, the sites of
/// the control resolution in the down and up stages, and the steps.
public struct TokenMaps: Sendable, Hashable {
  /// Tokens of the window.
  public let tokens: Int
  /// Rows of a map.
  public let rows: Int
  /// Columns of a map.
  public let columns: Int
  /// Tokens × rows × columns, row-major.
  public let values: [Float]

  /// Takes values of shape (tokens, rows, columns).
  public init(tokens: Int, rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == tokens * rows * columns, "values of another shape")
    (self.tokens, self.rows, self.columns, self.values) = (tokens, rows, columns, values)
  }

  /// The map of a word: the sum over its tokens, so the probability that falls on the word.
  public func map(of tokens: [Int]) -> HeatMap {
    let size = rows * columns
    var sum = [Float](repeating: 0, count: size)
    for token in tokens where token < self.tokens {
      for at in 0..<size { sum[at] += values[token * size + at] }
    }
    return HeatMap(rows: rows, columns: columns, values: sum)
  }
}
