import EditJobs
public import Files
import PromptAlignment

extension SweepRequest {
  /// The options that are no axes.
  static let options = [
    "prompt", "inversion", "size", "dtype", "numerics", "maps", "compat", "blend_subtract", "name",
    "priority", "key", "max_cells", "reprompt",
  ]
  /// The axes that have a name of their own.
  static var axisNames: [String] { AxisKind.names }

  /// Sets an option or gives an axis its values, as text: what flags and files both call.
  ///
  /// Axes (`tau`, `self_tau`, `seed`, `w:WORD`, `tau:WORD` and the others of `AxisKind`) take lists and
  /// ranges, and further calls add values: `set("tau", to: "0..1:0.25")`,
  /// `set("w:crown", to: "0.5,1,2@[0.3,1]")`. Texts are split at `||` alone.
  ///
  /// - Throws: `unknown-setting` with a suggestion, `axis-value`, `bad-value`.
  public mutating func set(_ name: String, to text: String) throws(EditError) {
    let current = SettingName.current(name)
    if let kind = AxisKind(name: name) {
      try setAxis(kind, text, isExplicit: false)
    } else if Self.options.contains(current) {
      try setOption(current, text)
    } else {
      throw Self.unknown(name, "setting", among: Self.options + Self.axisNames)
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

  private mutating func setOption(_ name: String, _ text: String) throws(EditError) {
    guard !text.hasNUL else {
      throw EditError("bad-value", .data, "\(name): \(AxisItems.noNUL)")
    }
    let plain = text.withoutMark.withSingleBlanks
    switch name {
    case "prompt": prompt = plain
    case "size":
      guard let size = PictureSize(plain) else { throw Self.bad(name, text, "as 512x512") }
      self.size = size
    case "inversion":
      inversion = try Self.choice(name, plain.replacing("-", with: "_"))
    case "dtype": dtype = try Self.choice(name, plain)
    case "numerics": numerics = try Self.choice(name, plain)
    case "maps": maps = try Self.choice(name, plain, among: [.f16, .f32])
    case "compat": compat = try Self.choice(name, plain, among: [.google])
    case "blend_subtract":
      _ = try BlendSpec.Words(parsing: plain)
      blendSubtract = plain
    case "name": self.name = try SweepName.checked(plain)
    case "priority": priority = try Self.integer(name, plain, -100...100)
    case "key":
      let key = try Self.filled(name, plain)
      guard key.utf8.count <= 200 else { throw Self.bad(name, "…", "at most 200 bytes") }
      self.key = key
    case "max_cells": maxCells = try Self.integer(name, plain, 1...Int(Int32.max))
    case "reprompt":
      guard ["true", "false"].contains(plain) else { throw Self.bad(name, text, "true or false") }
      includesReprompt = plain == "true"
    default: throw Self.unknown(name, "setting", among: Self.options)
    }
  }

  private static func filled(_ name: String, _ text: String) throws(EditError) -> String {
    guard !text.isEmpty else { throw bad(name, text, "not empty") }
    return text
  }

  private static func integer(
    _ name: String, _ text: String, _ range: ClosedRange<Int>
  ) throws(EditError) -> Int {
    guard let number = ExactDecimal(text), number.isInteger,
      let value = Int(exactly: number.mantissa),
      range.contains(value)
    else { throw bad(name, text, "a whole number from \(range.lowerBound) to \(range.upperBound)") }
    return value
  }

  private static func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, _ text: String
  ) throws(EditError) -> Value where Value.RawValue == String {
    try choice(name, text, among: Array(Value.allCases))
  }

  private static func choice<Value: RawRepresentable>(
    _ name: String, _ text: String, among values: [Value]
  ) throws(EditError) -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text.lowercased()) else {
      throw bad(name, text, values.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }

  private static func bad(_ name: String, _ text: String, _ legal: String) -> EditError {
    EditError("bad-value", .data, "\(name) cannot be \"\(text)\"", details: ["legal: \(legal)"])
  }
}
