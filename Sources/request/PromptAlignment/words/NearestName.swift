/// Finds what somebody probably meant.
public enum NearestName {
  /// The candidate with the smallest edit distance to `name`, case aside; `nil` beyond `limit`.
  ///
  /// - Parameters:
  ///   - name: what was typed.
  ///   - candidates: what would have been legal; at equal distances the first one counts.
  ///   - limit: the largest distance that still counts as a slip.
  public static func of(
    _ name: String, among candidates: [String], limit: Int = 2
  ) -> String? {
    var best: (distance: Int, name: String)?
    for candidate in candidates {
      let distance = distance(name.lowercased(), candidate.lowercased())
      // A short name is all slips: it must keep at least one of its letters.
      guard distance <= limit, distance < max(name.count, candidate.count) else { continue }
      if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.name
  }

  /// Levenshtein's distance in characters.
  static func distance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left), Array(right))
    if a.count > 64 || b.count > 64 { return a == b ? 0 : .max }
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
        (diagonal, row[j + 1]) = (row[j + 1], cost)
      }
    }
    return row[b.count]
  }
}
