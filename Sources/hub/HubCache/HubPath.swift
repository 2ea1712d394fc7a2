import Files

/// A path inside a repository: relative, and never above where it begins.
public struct HubPath: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// As the repository writes it.
  public let description: String

  /// Takes a path; `nil` where it is absolute, too long, or has an empty segment, `.`, `..`, a
  /// backslash or a control character.
  public init?(_ text: String) {
    let segments = text.split(separator: "/", omittingEmptySubsequences: false)
    let isLegal = segments.allSatisfy { segment in
      !segment.isEmpty && segment != "." && segment != ".." && segment.utf8.count <= 255
    }
    let hasControls = text.unicodeScalars.contains { scalar in
      scalar.value < 32 || scalar.value == 127 || scalar == "\\"
        || scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .format
    }
    guard isLegal, !hasControls, text.utf8.count <= 1024 else { return nil }
    description = text
  }

  /// Its segments.
  public var segments: [Substring] { description.split(separator: "/") }
  /// The first segment where there are several: the component of a pipeline.
  public var component: String? { segments.count > 1 ? segments.first.map(String.init) : nil }
  /// The last segment.
  public var name: String { segments.last.map(String.init) ?? description }

  /// Orders by Unicode scalars.
  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension String {
  /// The text with control characters, and those that nobody sees, shown as escapes, cut after 300
  /// characters: for what others wrote.
  public var printable: String {
    var text = ""
    for scalar in unicodeScalars.prefix(300) {
      let isHidden = scalar.actsOnTerminals || scalar.properties.generalCategory == .format
      text += isHidden ? scalar.displayEscape : String(scalar)
    }
    return unicodeScalars.count > 300 ? text + "…" : text
  }
}
