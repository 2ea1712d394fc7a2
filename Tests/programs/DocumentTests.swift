import Foundation
import Testing

/// What the pages point at is there.
@Suite struct DocumentTests {
  private static let root = ArchitectureTests.root

  /// Our pages, by their paths.
  static let pages: [String] = {
    let folders = ["docs", "models", "Tools", "Tests/Fuzz"]
    let found = folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: root.appending(path: folder).path)?
        .compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }
    }
    return ["README.md", "CONTRIBUTING.md"] + found.filter { $0.hasSuffix(".md") }.sorted()
  }()

  static func text(_ page: String) throws -> String {
    try String(contentsOf: root.appending(path: page), encoding: .utf8)
  }

  private static func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// The anchors of a page's headings, as GitHub and others make them.
  private static func anchors(_ page: String) throws -> Set<String> {
    Set(
      try text(page).split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
        line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
          .filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.replacing(" ", with: "-")
      })
  }

  @Test func linksLeadSomewhere() throws {
    var links = 0
    for page in Self.pages {
      let folder = page.split(separator: "/").dropLast().joined(separator: "/")
      for match in try Self.text(page).matches(of: /\]\(([^()\s]+)\)/) {
        let parts = match.1.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
        guard !match.1.contains(":") else { continue }
        links += 1
        let path = parts[0].isEmpty ? page : folder.isEmpty ? parts[0] : "\(folder)/\(parts[0])"
        #expect(Self.isThere(path), "\(page) links to \(match.1)")
        guard parts.count > 1, Self.isThere(path) else { continue }
        #expect(try Self.anchors(path).contains(parts[1]), "\(page) links to \(match.1)")
      }
    }
    #expect(links > 50)
  }

  /// Paths between backticks, of pages and tutorials alike, and pages that nobody finds.
  @Test func filesThatAreNamedAreThere() throws {
    let path =
      /`((?:Sources|Tests|Tools|bench|docs|migrations|models|script|systemd)\/[^`\s]+)[^`\n]*`/
    var named = 0
    for page in Self.pages {
      for match in try Self.text(page).matches(of: path)
      where !match.1.contains(where: { "*…<>".contains($0) }) {
        named += 1
        #expect(Self.isThere(String(match.1)), "\(page) names \(match.1)")
      }
    }
    #expect(named > 20)
    let front = try Self.text("README.md")
    for page in Self.pages where page.hasPrefix("docs/") {
      let isLinked = front.contains("(\(page)")
      #expect(isLinked, "README.md does not lead to \(page)")
    }
  }

  @Test func theFrontPageIsShort() throws {
    #expect(
      try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count
        <= 131)
  }
}
