import Glibc

/// The environment that the hub's own tools read, so that the cache is shared with them.
public struct HubEnvironment: Sendable {
  private let variables: [String: String]

  /// Takes the variables of a process.
  public init(_ variables: [String: String]) { self.variables = variables }

  /// A variable that is set to something.
  public subscript(name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The hub's cache: `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`, else `hub` in `home`.
  public var cache: String {
    if let path = self["HF_HUB_CACHE"] ?? self["HUGGINGFACE_HUB_CACHE"] { return expanded(path) }
    return "\(home)/hub"
  }

  /// `HF_HOME`, else `huggingface` in the user's cache folder.
  public var home: String {
    if let path = self["HF_HOME"] { return expanded(path) }
    if let path = self["XDG_CACHE_HOME"] { return expanded("\(path)/huggingface") }
    return expanded("~/.cache/huggingface")
  }

  /// Whether a variable says yes: `1`, `ON`, `YES` or `TRUE` in any case.
  public func isOn(_ name: String) -> Bool {
    ["1", "ON", "YES", "TRUE"].contains(self[name]?.uppercased() ?? "")
  }

  /// Whether the network is not to be used: `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`.
  public var offlineSwitch: String? {
    ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].first(where: isOn)
  }

  /// A path with `~`, `$NAME` and `${NAME}` put in; what is not set stays as it is written.
  public func expanded(_ path: String) -> String {
    var rest = Substring(path)
    var text = ""
    if rest == "~" || rest.hasPrefix("~/") {
      text = self["HOME"] ?? "~"
      rest = rest.dropFirst()
    }
    while let dollar = rest.firstIndex(of: "$") {
      text += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let braced = rest.hasPrefix("{")
      let body = braced ? rest.dropFirst() : rest
      let name = body.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      let after = body[name.endIndex...]
      guard !name.isEmpty, !braced || after.hasPrefix("}"), let value = variables[String(name)]
      else {
        text += "$"
        continue
      }
      text += value
      rest = braced ? after.dropFirst() : after
    }
    let whole = text + rest
    guard !whole.hasPrefix("/"), let here = getcwd(nil, 0) else { return whole }
    defer { free(here) }
    return "\(String(cString: here))/\(whole)"
  }
}
