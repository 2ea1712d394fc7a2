import Yams

extension Node {
  /// Whether nothing stands here: `null` or `~` without quotes, or nothing at all. In quotes each is a
  /// word.
  var isNull: Bool {
    guard let scalar, ["", "~", "null", "Null", "NULL"].contains(scalar.string) else {
      return false
    }
    return tag == Tag(.null)
  }
}
