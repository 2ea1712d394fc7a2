import EditJobs
import Files
import PromptAlignment

/// What an axis varies, and which values it takes: a setting, of a word where it is a word's.
public struct AxisKind: Hashable, Sendable {
  /// The setting.
  public let setting: Setting
  /// The word that it concerns.
  let word: String?

  /// The axis of a setting.
  init(_ setting: Setting, word: String? = nil) { (self.setting, self.word) = (setting, word) }

  /// Their names where they have one of their own.
  static let names = Setting.axes.filter { !$0.isOfWord }.map(\.name)

  private static let named = Dictionary(
    Setting.axes.filter { !$0.isOfWord }.map { ($0.name, $0) },
    uniquingKeysWith: { first, _ in first })

  /// Reads a name, `-` for `_` too; `w:"pea soup"` may be quoted. `nil` for an unknown one.
  public init?(name: String) {
    if let known = Self.named[SettingName.current(name)] {
      self.init(known)
      return
    }
    for setting in Setting.axes where setting.isOfWord {
      guard let word = Self.word(name, after: setting.name) else { continue }
      self.init(setting, word: word)
      return
    }
    return nil
  }

  private static func word(_ name: String, after prefix: String) -> String? {
    // Scalars: a colon that a combining mark follows is still a colon.
    guard name.unicodeScalars.starts(with: prefix.unicodeScalars) else { return nil }
    var word = name.unicodeScalars.dropFirst(prefix.unicodeScalars.count)
    if word.count >= 2, word.first == "\"", word.last == "\"" { word = word.dropFirst().dropLast() }
    let plain = String(word).withSingleBlanks
    return plain.isEmpty ? nil : plain
  }

  /// The canonical name.
  public var name: String { setting.name + (word ?? "") }

  /// What people read where the axis has a value: `tau 0.5`; an edit prompt stands by itself.
  public func label(_ value: String) -> String { setting.label(value, axis: name) }

  /// Whether another value is another source.
  var isOfSource: Bool { setting.isOfSource }
}

/// The axes that planning knows by name; every other is known by what its setting does.
extension AxisKind {
  /// The edit prompt.
  public static let to = AxisKind(.to)
  static let model = AxisKind(.model)
  static let image = AxisKind(.image)
  static let seed = AxisKind(.seed)
  static let negative = AxisKind(.negative)
  static let sampler = AxisKind(.sampler)
  static let steps = AxisKind(.steps)
  static let blend = AxisKind(.blend)
  static let blendThreshold = AxisKind(.blendThreshold)
  static let blendSubtractThreshold = AxisKind(.blendSubtractThreshold)
}

/// The values that are legal.
extension AxisKind {
  /// Whether values are windows of the run.
  var isWindow: Bool {
    if case .window = setting.domain { true } else { false }
  }

  /// Whether values are texts, which are split at `||` alone and are named by their ordinals in files.
  public var isText: Bool {
    if case .text = setting.domain { true } else { false }
  }

  /// Whether a count of steps, `12s`, is a value, or an end of one.
  var countsSteps: Bool {
    switch setting.domain {
    case .window, .weight, .fraction(orSteps: true): true
    case .fraction, .whole, .positive, .words, .text, nil: false
    }
  }

  /// Whether numbers are fractions, 0…1.
  var isFraction: Bool {
    switch setting.domain {
    case .window, .fraction: true
    case .weight, .whole, .positive, .words, .text, nil: false
    }
  }

  /// Whether it is a word's factor.
  var isWeight: Bool {
    if case .weight = setting.domain { true } else { false }
  }

  /// Whether numbers below 0 are none.
  var isPositive: Bool {
    if case .positive = setting.domain { true } else { false }
  }

  /// The legal whole numbers; `nil` where values need not be whole.
  var wholeNumbers: ClosedRange<Int128>? {
    if case .whole(let range) = setting.domain { range } else { nil }
  }

  /// Whether values are whole numbers.
  var isInteger: Bool { wholeNumbers != nil }

  /// Whether its values are numbers where they are no windows or steps (`12s`); seeds are not: they may
  /// be larger than what other programs read exactly.
  public var hasNumbers: Bool {
    switch setting.domain {
    case .window, .weight, .fraction, .positive: true
    case .whole(let range): range.upperBound <= 1 << 53
    case .words, .text, nil: false
    }
  }
}

/// Names that are none.
extension AxisKind {
  /// What other tools call things, and what it is here.
  private static let elsewhere = Dictionary(
    Setting.all.flatMap { setting in
      setting.elsewhere.map { ($0, setting.isOfWord ? "\(setting.name)WORD" : setting.name) }
    }, uniquingKeysWith: { first, _ in first })

  /// What somebody meant by an unknown name: another tool's word, or a slip of the keyboard.
  static func suggestion(for name: String, among names: [String]) -> String? {
    let plain = SettingName.plain(name)
    if names.contains(plain) { return plain }
    return elsewhere[plain] ?? NearestName.of(plain, among: names)
  }
}
