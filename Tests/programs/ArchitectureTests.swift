import Foundation
import Testing

/// The declared dependencies against `docs/architecture.md`; `script/test` writes the description.
@Suite struct ArchitectureTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private struct Description: Decodable {
    struct Target: Decodable {
      let name: String
      let type: String
      let target_dependencies: [String]?
      let product_dependencies: [String]?
    }
    let targets: [Target]
  }

  @Test func declaredEdgesAreThoseOfThePage() throws {
    let page = try String(
      contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
    var expected: [String: Set<String>] = [:]
    var inside = false
    for line in page.split(separator: "\n") {
      if line.contains("edges: begin") {
        inside = true
      } else if line.contains("edges: end") {
        break
      }
      let parts = line.trimmingCharacters(in: .whitespaces).split(separator: ":")
      guard inside, line.hasPrefix("    "), let name = parts.first else { continue }
      expected[String(name)] = Set(
        parts.dropFirst().joined().split(separator: " ").map(String.init))
    }
    #expect(expected.count > 10, "the page's list was found")

    let data = try Data(contentsOf: Self.root.appending(path: ".build/package.json"))
    let description = try JSONDecoder().decode(Description.self, from: data)
    var declared: [String: Set<String>] = [:]
    for target in description.targets where target.type == "library" || target.type == "executable"
    {
      declared[target.name] = Set(
        (target.target_dependencies ?? []) + (target.product_dependencies ?? []))
    }
    for (name, edges) in declared.sorted(by: { $0.key < $1.key }) {
      #expect(edges == expected[name], "\(name) in Package.swift against docs/architecture.md")
    }
    #expect(Set(declared.keys) == Set(expected.keys))
  }
}
