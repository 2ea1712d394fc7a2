import EditJobs
public import Files
import PromptAlignment

extension SweepRequest {
  /// The option of a name; `nil` where there is none.
  static func option(_ name: String) -> Setting? {
    let current = SettingName.current(name)
    return Setting.options.first { $0.name == current }
  }

  /// The names of options and axes.
  static var settingNames: [String] { Setting.options.map(\.name) + axisNames }

  /// The names of the axes that are of no word.
  static var axisNames: [String] { AxisKind.names }

  /// Sets an option or gives an axis its values, as text: what flags and files both call.
  ///
  /// Axes (`tau`, `self_tau`, `seed`, `w:WORD`, `tau:WORD` and the others of `Setting`) take lists and
  /// ranges, and further calls add values: `set("tau", to: "0..1:0.25")`,
  /// `set("w:crown", to: "0.5,1,2@[0.3,1]")`. Texts are split at `||` alone.
  ///
  /// - Throws: `unknown-setting` with a suggestion, `axis-value`, `bad-value`.
  public mutating func set(_ name: String, to text: String) throws(EditError) {
    if let kind = AxisKind(name: name) {
      try setAxis(kind, text, isExplicit: false)
    } else if let option = Self.option(name) {
      try setOption(option, text)
    } else {
      throw Self.unknown(name, "setting", among: Self.settingNames)
    }
  }

  /// Gives an axis its values; it is an axis of the grid even with a single one.
  ///
  /// - Throws: `unknown-axis` with a suggestion, `axis-value`.
  public mutating func setAxis(_ name: String, to text: String) throws(EditError) {
    try setAxis(try Self.axisKind(name), text, isExplicit: true)
  }

  /// The axis of a name.
  static func axisKind(_ name: String) throws(EditError) -> AxisKind {
    guard let kind = AxisKind(name: name) else { throw unknown(name, "axis", among: axisNames) }
    return kind
  }

  /// The values of an axis.
  static func items(_ text: String, of kind: AxisKind) throws(EditError) -> [AxisItem] {
    do throws(GrammarFault) { return try AxisItems.items(text, of: kind) } catch {
      throw error.error(axis: kind.name)
    }
  }

  mutating func setAxis(_ kind: AxisKind, _ text: String, isExplicit: Bool) throws(EditError) {
    let items = try Self.items(text, of: kind)
    if settings.contains(where: { $0.kind == kind && $0.zip != nil }) {
      throw EditError(
        "axis-twice", .data, "\(kind.name) has values already, and stands in zip too")
    }
    add(items, to: kind, isExplicit: isExplicit)
  }

  static func unknown(_ name: String, _ what: String, among names: [String]) -> EditError {
    let suggestion = AxisKind.suggestion(for: name, among: names)
    return EditError(
      "unknown-\(what)", .data,
      "unknown \(what) \"\(name)\"" + (suggestion.map { ". Did you mean \($0)?" } ?? ""),
      details: suggestion == nil ? ["known: \((names + ["w:WORD"]).joined(separator: ", "))"] : [])
  }

  private mutating func setOption(_ setting: Setting, _ text: String) throws(EditError) {
    guard !text.hasNUL else {
      throw EditError("bad-value", .data, "\(setting.name): \(AxisItems.noNUL)")
    }
    guard case .request(let set) = setting.use else { return }
    try set(&self, OptionText(setting.name, text))
  }
}
