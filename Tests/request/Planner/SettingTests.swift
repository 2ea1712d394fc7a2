import Foundation
import Planner
import Testing

/// Each setting is one row, and what is made from the rows agrees with them.
@Suite struct SettingTests {
  @Test func namesAndFlagsAreOneEach() {
    let names = Setting.all.map(\.name)
    let flags = Setting.all.flatMap { [$0.flag, $0.oldFlag].compactMap(\.self) }
    #expect(Set(names).count == names.count && Set(flags).count == flags.count)
    for setting in Setting.all {
      #expect(setting.flag.hasPrefix("--") && setting.help.hasSuffix("."), "\(setting.name)")
    }
  }

  /// An axis is known by its name, and by its flag's; an option is none.
  @Test func axesAreThoseOfTheTable() {
    for setting in Setting.all {
      let name = setting.name + (setting.isOfWord ? "crown" : "")
      #expect(AxisKind(name: name)?.setting == (setting.isAxis ? setting : nil), "\(name)")
      #expect(AxisKind(name: name).map(\.name) == (setting.isAxis ? name : nil))
      let typed = name.replacing("_", with: "-")
      #expect(AxisKind(name: typed) == AxisKind(name: name), "\(typed)")
    }
  }

  @Test func everyWordIsLegal() throws {
    for setting in Setting.all {
      for word in setting.words ?? [] {
        var request = SweepRequest()
        try request.set(setting.name, to: word)
      }
    }
  }

  @Test func everyAxisIsDocumented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../..").standardized
    let pages =
      try FileManager.default.contentsOfDirectory(atPath: root.path + "/docs")
      .filter { $0.hasSuffix(".md") }.map { "docs/" + $0 } + ["README.md"]
    let text = try pages.map { try String(contentsOfFile: "\(root.path)/\($0)", encoding: .utf8) }
      .joined()
    for setting in Setting.all where setting.isAxis {
      #expect(text.contains("`" + setting.name), "\(setting.name)")
    }
  }
}
