public import Files

/// A model's name on the hub: `org/name`, or `org/name@revision`.
public struct HubModelName: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Who publishes it.
  public let organisation: String
  /// What it is called there.
  public let name: String
  /// A branch, a tag or a commit; `main` where none is written.
  public let revision: String

  /// Reads a name; `nil` for what cannot be one.
  ///
  /// Names are letters, digits, `.`, `_` and `-`, at most 96 of them, as the hub has them.
  public init?(_ text: String) {
    let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = (halves.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(Self.isLegal) else { return nil }
    let revision = halves.count == 2 ? String(halves[1]) : "main"
    guard HubPath(revision) != nil else { return nil }
    (organisation, name, self.revision) = (String(parts[0]), String(parts[1]), revision)
  }

  /// Reads a name that a person typed.
  ///
  /// - Throws: `hub-name` (64).
  public init(typed text: String) throws(EditError) {
    guard let name = HubModelName(text) else {
      throw EditError(
        "hub-name", .usage, "\(text.printable) is not a model's name",
        details: ["a name is written org/name or org/name@revision"],
        hint: "p2p models list shows what is here")
    }
    self = name
  }

  /// The same model at another revision.
  public init(_ other: HubModelName, revision: String) {
    (organisation, name) = (other.organisation, other.name)
    self.revision = revision
  }

  /// Reads the name of a model's folder in the cache, `models--org--name`, at the revision `main`.
  init?(folder: String) {
    let prefix = "models--"
    guard folder.hasPrefix(prefix) else { return nil }
    let parts = folder.dropFirst(prefix.count).split(separator: "--", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    self.init("\(parts[0])/\(parts[1])")
  }

  /// `org/name`.
  public var repository: String { "\(organisation)/\(name)" }
  /// The folder in the cache: `models--org--name`.
  public var folder: String { "models--\(organisation)--\(name)" }
  /// Whether the revision is a whole commit, 40 hexadecimal digits.
  public var isCommit: Bool { Self.isCommit(revision) }

  /// `org/name`, and `@revision` where that is not `main`.
  public var description: String { revision == "main" ? repository : "\(repository)@\(revision)" }

  /// Orders by description.
  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

  /// Whether a text is 40 hexadecimal digits.
  public static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40 && text.utf8.allSatisfy(\.isHexDigit)
  }

  private static func isLegal(_ part: Substring) -> Bool {
    guard let first = part.utf8.first, first.isAlphanumeric, part.utf8.count <= 96 else {
      return false
    }
    return !part.contains("--") && !part.contains("..") && part.utf8.last.map { $0 != 46 } == true
      && part.utf8.allSatisfy { $0.isAlphanumeric || [45, 46, 95].contains($0) }
  }
}

extension UInt8 {
  /// Whether it is an ASCII letter or digit.
  var isAlphanumeric: Bool { (48...57).contains(self) || (97...122).contains(self | 32) }
  /// Whether it is `0`–`9` or `a`–`f`.
  var isHexDigit: Bool { (48...57).contains(self) || (97...102).contains(self) }
}
