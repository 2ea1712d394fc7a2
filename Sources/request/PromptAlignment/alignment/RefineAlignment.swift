public import EditJobs

/// The alignment of a longer, shorter or partly changed prompt: the longest common subsequence of
/// token ids, BOS and EOS included.
///
/// Hertz et al. 2022, §3.2 "adding a new phrase". Gap 0, match +1; at ties, walking back from the
/// end, an insertion in the edit goes before a deletion, and that before a match. The k-th padding
/// token takes the source's k-th, the last one where there are fewer.
public enum RefineAlignment {
  /// Per token of the edit prompt the source's token, or `nil` for its own map.
  ///
  /// - Parameter compat: whose rules are followed; the original code gives padding the source's token
  ///   of the same number.
  public static func sources(
    source: Prompt, edit: Prompt, compat: Compatibility? = nil
  ) -> [Int?] {
    let (x, y) = (Array(source.usedIDs), Array(edit.usedIDs))
    let scores = scores(x, y)
    var sources = [Int?](repeating: nil, count: edit.length)
    var (i, j) = (x.count, y.count)
    while i > 0 || j > 0 {
      if j > 0, i == 0 || scores[i][j] == scores[i][j - 1] {
        j -= 1
      } else if i > 0, j == 0 || scores[i][j] == scores[i - 1][j] {
        i -= 1
      } else {
        (i, j) = (i - 1, j - 1)
        sources[j] = i
      }
    }
    let shift = compat == .google ? 0 : x.count - y.count
    for n in y.count..<edit.length { sources[n] = min(n + shift, edit.length - 1) }
    return sources
  }

  private static func scores(_ x: [Int], _ y: [Int]) -> [[Int]] {
    var scores = Array(repeating: Array(repeating: 0, count: y.count + 1), count: x.count + 1)
    for i in 1...x.count {
      for j in 1...y.count {
        let step = x[i - 1] == y[j - 1] ? 1 : -1
        scores[i][j] = max(scores[i][j - 1], scores[i - 1][j], scores[i - 1][j - 1] + step)
      }
    }
    return scores
  }
}
