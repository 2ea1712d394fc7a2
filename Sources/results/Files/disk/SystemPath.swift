import Glibc

/// Paths as people type them.
public enum SystemPath {
  /// The absolute path of what is typed.
  ///
  /// Links stay as they are typed, but for those before a `..`: what stands up to the last one is
  /// resolved by the system, for which `link/..` is the folder above the link's target. `~` at the
  /// beginning is `$HOME`.
  public static func absolute(_ typed: String) -> String {
    var whole = typed
    if typed == "~" || typed.hasPrefix("~/"), let home = getenv("HOME") {
      whole = String(cString: home) + typed.dropFirst()
    }
    if !whole.utf8.starts(with: "/".utf8), let here = getcwd(nil, 0) {
      defer { free(here) }
      whole = "\(String(cString: here))/\(whole)"
    }
    let parts = whole.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
      .filter { $0 != "." }
    guard let up = parts.lastIndex(of: ".."),
      let real = resolved("/" + parts[...up].joined(separator: "/"))
    else { return "/" + parts.joined(separator: "/") }
    let path = ([real == "/" ? "" : real] + parts[(up + 1)...]).joined(separator: "/")
    return path.isEmpty ? "/" : path
  }

  /// A path without links; `nil` where nothing is there.
  public static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
