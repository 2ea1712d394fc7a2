public import Files
import Glibc

extension HubModelName {
  /// The folder of a model of the hub's cache, for whoever takes a folder or a name.
  ///
  /// A folder that is there comes before the name; the network is never touched. With a `variant` its
  /// weights must be there, and otherwise any.
  ///
  /// - Returns: `nil` where `text` is a folder that is there, or cannot be a name of the hub.
  /// - Throws: `model-missing`, `model-incomplete` (66).
  public static func folder(
    _ text: String, variant: String? = nil, in cache: @autoclosure () -> HubCache
  ) throws(EditError) -> String? {
    guard access(text, F_OK) != 0, let name = HubModelName(text) else { return nil }
    do {
      return try cache().modelFolder(name, variant: variant)
    } catch  where error.code == "model-missing" {
      throw EditError(
        error.code, error.status,
        "no model \(name): there is no such folder, and it is not in the hub's cache \(cache().path)",
        details: error.details, hint: error.hint)
    }
  }
}
