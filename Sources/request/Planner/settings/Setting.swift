import EditJobs
import Files

/// A setting of a request, as one row: flags, sweep files, axes, stored requests, labels and help are
/// made from it.
///
/// The rows stand in `Setting+Axes` and `Setting+Options`; each is there once, so that a row is known
/// by its identity.
public final class Setting: Sendable {
  /// What becomes of a value.
  enum Use: Sendable {
    /// A property of the source.
    case source(@Sendable (inout SourceSpec, SweepValue) -> Void)
    /// A property of the edit; the word is empty for settings that are of no word.
    case edit(@Sendable (inout EditSpec, _ word: String, SweepValue) -> Void)
    /// A property of the edit's blend, if it has one.
    case blend(@Sendable (inout BlendSpec, SweepValue) -> Void)
    /// Words of the blend, which are read beside the prompts.
    case words
    /// A file of the source, which is found outside of the request: its model, its photograph.
    case file
    /// A property of the whole request, which has one value.
    case request(@Sendable (inout SweepRequest, OptionText) throws(EditError) -> Void)
  }

  /// Its member of the stored request.
  enum Stored: Sendable {
    /// An axis that is none: its values stand under `settings`, where it was said.
    case listed
    /// An axis that is none: a member, said or not.
    case always(@Sendable (SweepValue?) -> StoredScalar)
    /// An axis that is none: a member where it was said, as text.
    case said
    /// One value of the request: a member where there is something to say.
    case one(@Sendable (SettledRequest) -> StoredScalar?)
    /// Not by itself: files have hashes beside their names, a size has two numbers, and the client's
    /// key and the cap say how to submit, not what.
    case apart
  }

  /// Its key in sweep files and its name as an axis; what ends in a colon has a word behind it.
  public let name: String
  /// The flag, `--self-max`.
  public let flag: String
  /// An old spelling of the flag.
  public let oldFlag: String?
  /// What its value is called in the help; `nil` for the flag's own name.
  public let valueName: String?
  /// The help.
  public let help: String
  /// The values that an axis may have; `nil` where it is none.
  let domain: AxisDomain?
  /// The words that are legal, for shells; `nil` where values are not chosen of a list.
  public let words: [String]?
  /// What becomes of a value.
  let use: Use
  /// The name of its member of the stored request.
  let storedName: String
  /// How that member is made.
  let stored: Stored
  /// What other tools call it.
  let elsewhere: [String]
  private let labelText: (@Sendable (String) -> String)?

  /// Makes the row of a setting that may be an axis.
  init(
    axis name: String, _ domain: AxisDomain, flag: String? = nil, valueName: String? = nil,
    elsewhere: [String] = [], help: String, use: Use, stored: Stored,
    label: (@Sendable (String) -> String)? = nil
  ) {
    (self.name, self.domain, self.use, self.stored) = (name, domain, use, stored)
    (self.valueName, self.help, self.elsewhere) = (valueName, help, elsewhere)
    self.flag = flag ?? Setting.flag(name)
    (oldFlag, storedName, words, labelText) = (nil, name, domain.words, label)
  }

  /// Makes the row of a setting that has one value a request.
  init(
    option name: String, flag: String? = nil, oldFlag: String? = nil, valueName: String? = nil,
    words: [String]? = nil, elsewhere: [String] = [], help: String, storedName: String? = nil,
    stored: Stored,
    set: @escaping @Sendable (inout SweepRequest, OptionText) throws(EditError) -> Void
  ) {
    (self.name, self.stored, use) = (name, stored, .request(set))
    (self.valueName, self.help, self.elsewhere) = (valueName, help, elsewhere)
    self.flag = flag ?? Setting.flag(name)
    (self.oldFlag, self.storedName, self.words) = (oldFlag, storedName ?? name, words)
    (domain, labelText) = (nil, nil)
  }

  private static func flag(_ name: String) -> String { "--" + name.replacing("_", with: "-") }

  /// Every setting.
  public static let all = options + axes

  /// Whether it may be an axis of the grid.
  public var isAxis: Bool { domain != nil }

  /// Whether it is of a word, which stands behind its name.
  public var isOfWord: Bool { name.utf8.last == UInt8(ascii: ":") }

  /// Whether another value is another source.
  var isOfSource: Bool {
    switch use {
    case .source, .file: true
    case .edit, .blend, .words, .request: false
    }
  }

  /// What people read where an axis has a value: `tau 0.5`.
  ///
  /// - Parameter axis: the axis' name, with its word.
  func label(_ value: String, axis: String) -> String { labelText?(value) ?? "\(axis) \(value)" }
}

extension Setting: Hashable {
  /// Whether both are the same row.
  public static func == (left: Setting, right: Setting) -> Bool { left === right }

  /// Hashes the row's identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A request of which everything is decided: what is stored of it.
struct SettledRequest {
  /// The request.
  var request: SweepRequest
  /// The sweep's name, its own or one made from the prompts.
  var name: String
  /// What the runs are computed with.
  var compute: ComputeType
  /// Whose kernels compute.
  var numerics: Numerics
}
