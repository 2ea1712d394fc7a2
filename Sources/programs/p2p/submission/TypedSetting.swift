import ArgumentParser
import EditJobs
import Files
import Planner
import Synchronization

/// What was typed for a setting, and which of all options it was.
///
/// The parser reads options in the order in which they were typed, so that a number that counts what it
/// reads is their order.
struct TypedSetting: Sendable {
  private static let read = Atomic<Int>(0)

  /// The setting.
  let setting: Setting
  /// Its value.
  let text: String
  /// Larger than the place of everything that was typed before.
  let place: Int

  /// Takes what the parser reads.
  init(_ setting: Setting, _ text: String) {
    (self.setting, self.text) = (setting, text)
    place = Self.read.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// The axis' name and the text of its values: a word's stand before the value, `red=2`.
  ///
  /// - Throws: `bad-option` where `=` is missing.
  func axis() throws(EditError) -> (name: String, text: String) {
    guard setting.isOfWord else { return (setting.name, text) }
    // The last `=`: a word may hold one, and a value never does.
    let scalars = text.unicodeScalars
    if let mark = scalars.lastIndex(of: "="), mark > scalars.startIndex {
      return (
        setting.name + String(scalars[..<mark]), String(scalars[scalars.index(after: mark)...])
      )
    }
    let word = text.withoutOuterBlanks.isEmpty || text == "=" ? "WORD" : text
    throw EditError(
      "bad-option", .usage, "\(setting.flag) takes WORD=VALUE, not \"\(text)\"",
      hint: "\(setting.flag) \"\(word)=\(setting == .weight ? "2" : "0.5")\"")
  }
}

extension Option {
  /// The option of a setting that may have several values.
  init(_ setting: Setting) where Value == [TypedSetting] {
    self.init(
      wrappedValue: [], name: .setting(setting), help: setting.argumentHelp,
      completion: setting.completion, transform: { TypedSetting(setting, $0) })
  }

  /// The option of a setting that has one value.
  init(_ setting: Setting) where Value == TypedSetting? {
    self.init(
      name: .setting(setting), help: setting.argumentHelp, completion: setting.completion,
      transform: { TypedSetting(setting, $0) })
  }
}

extension NameSpecification {
  /// The flags of a setting.
  static func setting(_ setting: Setting) -> NameSpecification {
    NameSpecification(
      [setting.flag, setting.oldFlag].compactMap { flag in
        flag.map { .customLong(String($0.dropFirst(2))) }
      })
  }
}

extension Setting {
  var argumentHelp: ArgumentHelp { ArgumentHelp(help, valueName: valueName) }

  /// What shells complete a value with.
  fileprivate var completion: CompletionKind? {
    switch self {
    case .model: .directory
    case .image: .file()
    default: words.map { .list($0) }
    }
  }
}
