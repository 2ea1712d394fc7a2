public import EditJobs
public import Files

/// The alignment of a word swap: word k of the edit prompt stands where word k of the source stood.
///
/// Hertz et al. 2022, §3.2 "word swap", with the published code's shares. Equal token counts map one
/// to one; else every pair of the two words' tokens gets 1 / (tokens of the edit's word). EOS and
/// padding follow one to one; padding left over repeats the source's last position.
public enum ReplaceAlignment {
  /// Per token of the edit prompt the source's columns that are added up, by rising token.
  ///
  /// The original code looks at words up to the last changed one alone, and takes the source's token
  /// of the same number for every token after it, which is the wrong one where the two words' lengths
  /// differ; tokens beyond the source's last take nothing.
  ///
  /// - Parameter compat: whose rules are followed; `nil` is ours.
  /// - Throws: `replace-word-counts` where the word counts differ.
  public static func columns(
    source: Prompt, edit: Prompt, compat: Compatibility? = nil
  ) throws(EditError) -> [[TokenMapper.Share]] {
    guard source.words.count == edit.words.count else {
      throw EditError(
        "replace-word-counts", .data,
        "replace needs equal word counts: \(source.words.count) and \(edit.words.count)",
        hint: "--method refine (or leave it out)")
    }
    let length = source.length
    var columns = Array(repeating: [TokenMapper.Share](), count: length)
    columns[0] = [.init(token: 0, share: 1)]
    let changed = zip(source.words, edit.words).map { $0.text != $1.text }
    let last = compat == .google ? changed.lastIndex(of: true) : nil
    for (from, to) in zip(source.words, edit.words).prefix((last ?? length) + 1) {
      if from.tokens.count == to.tokens.count {
        for (s, t) in zip(from.tokens, to.tokens) { columns[t] = [.init(token: s, share: 1)] }
      } else {
        let share = 1 / Double(to.tokens.count)
        for t in to.tokens { columns[t] = from.tokens.map { .init(token: $0, share: share) } }
      }
    }
    if let last {
      let (from, first) = (source.words[last].tokens.upperBound, edit.words[last].tokens.upperBound)
      for t in first..<length - max(0, from - first) {
        columns[t] = [.init(token: t, share: 1)]
      }
      return columns
    }
    for t in edit.end..<length {
      let s = min(source.end + t - edit.end, length - 1)
      columns[t] = [.init(token: s, share: 1)]
    }
    return columns
  }
}
