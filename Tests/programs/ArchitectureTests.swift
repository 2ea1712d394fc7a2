import Foundation
import Testing

/// The declared dependencies against `docs/architecture.md` and against what the sources import;
/// `script/test` writes the description.
@Suite struct ArchitectureTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private struct Description: Decodable {
    struct Target: Decodable {
      let name: String
      let type: String
      let module_type: String
      let path: String
      let sources: [String]
      let target_dependencies: [String]?
      let product_dependencies: [String]?

      /// Our own targets, and the packages' products, which are called as their modules are.
      var declared: Set<String> {
        Set((target_dependencies ?? []) + (product_dependencies ?? []))
      }

      /// The texts of all files.
      func texts() throws -> [String] {
        let folder = ArchitectureTests.root.appending(path: path)
        let headers =
          FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
          .filter { $0.hasSuffix(".h") } ?? []
        return try (sources + (module_type == "SwiftTarget" ? [] : headers)).map {
          try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }
      }
    }
    let targets: [Target]

    static func read() throws -> Description {
      let file = ArchitectureTests.root.appending(path: ".build/package.json")
      return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }
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

    var declared: [String: Set<String>] = [:]
    for target in try Description.read().targets
    where target.type == "library" || target.type == "executable" {
      declared[target.name] = target.declared
    }
    for (name, edges) in declared.sorted(by: { $0.key < $1.key }) {
      #expect(edges == expected[name], "\(name) in Package.swift against docs/architecture.md")
    }
    #expect(Set(declared.keys) == Set(expected.keys))
  }

  /// The map has a line for every folder of `Sources`, and no other.
  @Test func theMapIsTheHouse() throws {
    let page = try String(
      contentsOf: Self.root.appending(path: "docs/architecture.md"), encoding: .utf8)
    var mapped: Set<String> = []
    var above: [Substring] = []
    let lines = page.split(separator: "\n")
    let begin = try #require(lines.firstIndex { $0.contains("map: begin") })
    for line in lines[(begin + 1)...].prefix(while: { !$0.contains("map: end") }) {
      let words = line.drop { $0 == " " }
      let depth = (line.count - words.count - 4) / 2
      above = above.prefix(depth) + [words.prefix { $0 != "/" }]
      mapped.insert(above.joined(separator: "/"))
    }
    let sources = Self.root.appending(path: "Sources")
    var found: Set<String> = []
    let files = FileManager.default.enumerator(atPath: sources.path)
    while let path = files?.nextObject() as? String {
      let folders = path.split(separator: "/").dropLast().filter { $0 != "include" }
      for depth in 1..<4 where depth <= folders.count {
        found.insert(folders.prefix(depth).joined(separator: "/"))
      }
    }
    #expect(mapped.subtracting(found).sorted() == [], "on the map and not there")
    #expect(found.subtracting(mapped).sorted() == [], "there and not on the map")
  }

  /// What comes with the compiler and is declared nowhere.
  private static let toolchain: Set<String> = [
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing",
  ]

  /// Every import is declared, and every declared dependency is imported.
  @Test func declaredEdgesAreThoseOfTheImports() throws {
    let targets = try Description.read().targets
    // The headers by which a C target is included; those that a system library's module has in front of
    // its own, such as `stdio.h`, are not enough alone.
    var headers: [String: Set<String>] = [:]
    for target in targets where target.module_type != "SwiftTarget" {
      headers[target.name] =
        target.module_type == "ClangTarget"
        ? ["\(target.name).h"] : Set(try target.texts().flatMap(Self.included))
    }
    for target in targets where target.module_type != "SystemLibraryTarget" {
      var used: Set<String> = []
      if target.module_type == "SwiftTarget" {
        used = Set(try target.texts().flatMap(Self.imported)).subtracting(Self.toolchain)
      } else {
        let included = Set(try target.texts().flatMap(Self.included))
        used = Set(
          headers.filter { !$0.value.isEmpty && $0.value.isSubset(of: included) }.keys)
      }
      used.remove(target.name)
      let undeclared = used.subtracting(target.declared).sorted()
      #expect(undeclared.isEmpty, "\(target.name) imports what Package.swift does not declare")
      let idle = target.declared.subtracting(used).sorted()
      #expect(idle.isEmpty, "\(target.name) imports nothing of what Package.swift declares")
    }
  }

  /// The modules of the lines that begin with `import`, whatever stands before it.
  private static func imported(_ text: String) -> [String] {
    let line =
      /^(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
    // Most lines are indented, and a match takes a while.
    return text.split(separator: "\n").filter { $0.utf8.first.map("@fip".utf8.contains) ?? false }
      .compactMap { $0.prefixMatch(of: line).map { String($0.1) } }
  }

  private static func included(_ text: String) -> [String] {
    let line = /^\s*#\s*include\s+[<"]([^>"]+)[>"]/
    return text.split(separator: "\n").compactMap { $0.prefixMatch(of: line).map { String($0.1) } }
  }
}
