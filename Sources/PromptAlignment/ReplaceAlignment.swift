public import EditJobs

/// The alignment of a word swap: word k of the edit prompt stands where word k of the source stood.
///
/// Hertz et al. 2022, §3.2 "word swap", with the published code's shares. Equal token counts map one
/// to one; else every pair of the two words' tokens gets 1 / (tokens of the edit's word). EOS and
/// padding follow one to one; padding left over repeats the source's last position.
public enum ReplaceAlignment {
  /// Per token of the edit prompt the source's columns that are added up, by rising token.
  ///
  /// - Throws: `replace-word-counts` where the word counts differ.
  public static func columns(
    source: Prompt, edit: Prompt
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
    for (from, to) in zip(source.words, edit.words) {
      if from.tokens.count == to.tokens.count {
        for (s, t) in zip(from.tokens, to.tokens) { columns[t] = [.init(token: s, share: 1)] }
      } else {
        let share = 1 / Double(to.tokens.count)
        for t in to.tokens { columns[t] = from.tokens.map { .init(token: $0, share: share) } }
      }
    }
    for t in edit.end..<length {
      let s = min(source.end + t - edit.end, length - 1)
      columns[t] = [.init(token: s, share: 1)]
    }
    return columns
  }
}
