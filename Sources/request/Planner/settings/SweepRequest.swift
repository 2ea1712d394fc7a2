public import EditJobs
public import Files

/// Everything that a person asked for, checked as far as a text can be, before a model is known.
///
/// Flags and files fill it by the same `set(_:to:)`. A setting with several values is an axis.
public struct SweepRequest: Sendable, Hashable {
  /// The source prompt.
  public var prompt: String?
  /// The picture's size; `nil` is the model's own.
  public var size: PictureSize?
  /// The photographs that sources start from, by what was typed for `image`: their names and hashes,
  /// once their files are read.
  public var photographs: [String: ImageReference] = [:]
  /// How the photograph's noise is found; `nil` is direct inversion.
  public var inversion: InversionKind?
  /// How the source's maps are stored.
  public var maps = MapsPrecision.f16
  /// What the runs are computed with.
  public var dtype = ComputeChoice.f32
  /// Whose kernels compute; `nil` leaves the choice to the program.
  public var numerics: Numerics.Mode?
  /// Whose rules are followed; `nil` is ours.
  public var compat: Compatibility?
  /// Words taken out of the blend's mask, as typed; `nil` for none.
  public internal(set) var blendSubtract: String?
  /// The sweep's name; `nil` makes one from the prompts.
  public var name: String?
  /// −100…100; higher first.
  public var priority = 0
  /// The client's key for idempotent submission.
  public var key: String?
  /// The largest number of cells.
  public var maxCells = Self.defaultMaxCells
  /// Whether the plain re-prompts are made beside the grid.
  var includesReprompt = true
  /// What was asked about everything that may be an axis, in the order given.
  public private(set) var settings: [AxisSetting] = []
  /// The cells that are left out.
  public private(set) var exclusions: [SweepExclusion] = []
  /// Where settings stand in the file that they came from, by name.
  var places: [String: FilePlace] = [:]

  /// An empty request: every default.
  public init() {}

  /// Cells of a sweep without a wish of one's own.
  static let defaultMaxCells = 10_000
  static let defaultSteps = 50
  static let defaultGuidance = ExactDecimal("7.5") ?? ExactDecimal(7)

  /// The models' folders as typed; empty leaves the choice to the program.
  public var models: [String] {
    settings.first { $0.kind == .model }?.values().map(\.description) ?? []
  }

  /// The photographs as typed; empty for seeds' noise.
  public var images: [String] {
    settings.first { $0.kind == .image }?.values().map(\.description) ?? []
  }

  /// The axes of the grid: the first is X, the second Y, further ones pages. A zip group stands there
  /// by its first member.
  public var axes: [AxisSetting] {
    settings.filter { setting in
      setting.isAxis && (setting.zip == nil || members(of: setting).first == setting)
    }
  }

  /// What varies together with an axis, itself first.
  func members(of axis: AxisSetting) -> [AxisSetting] {
    axis.zip == nil ? [axis] : settings.filter { $0.zip == axis.zip }
  }

  /// Cells of the grid by the number of values, before equal values are merged and cells excluded.
  ///
  /// - Throws: `too-many-cells` where it exceeds `maxCells`, counted without making anything.
  public func cellCount() throws(EditError) -> Int {
    var count: UInt128 = 1
    for axis in axes {
      let (product, over) = count.multipliedReportingOverflow(by: UInt128(axis.count))
      count = over ? .max : product
    }
    guard count > 0 else {
      throw EditError("empty-grid", .data, "the sweep is empty: an axis has no value")
    }
    guard count <= UInt128(max(maxCells, 0)) else {
      let number = count == .max ? "more than 10^38" : Self.grouped(String(count))
      throw EditError(
        "too-many-cells", .data,
        "the axes give \(number) cells; the limit is \(Self.grouped(String(maxCells)))",
        hint: count > 1_000_000_000 ? "fewer values" : "--max-cells \(count)")
    }
    return Int(count)
  }

  /// Digits in threes: `1 048 576`.
  private static func grouped(_ digits: String) -> String {
    guard digits.count > 4 else { return digits }
    var text = ""
    for (i, digit) in digits.enumerated() {
      if i > 0, (digits.count - i) % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return text
  }

  // MARK: what is added

  /// Adds values to an axis; `isExplicit` makes it one even with a single value.
  mutating func add(_ items: [AxisItem], to kind: AxisKind, isExplicit: Bool) {
    if let index = settings.firstIndex(where: { $0.kind == kind }) {
      settings[index].items += items
      settings[index].isExplicit = settings[index].isExplicit || isExplicit
    } else {
      settings.append(AxisSetting(kind: kind, items: items, isExplicit: isExplicit))
    }
  }

  /// Gives an axis that is there other values.
  mutating func setItems(_ items: [AxisItem], of kind: AxisKind) {
    guard let index = settings.firstIndex(where: { $0.kind == kind }) else { return }
    settings[index].items = items
    settings[index].isExplicit = true
  }

  mutating func add(_ setting: AxisSetting) { settings.append(setting) }
  mutating func add(_ exclusion: SweepExclusion) { exclusions.append(exclusion) }

  /// A number that no zip group has.
  var nextZip: Int { (settings.compactMap(\.zip).max() ?? 0) + 1 }

  /// Forgets what was asked about an axis, so that a flag can replace what a file says; what it was
  /// zipped with stays.
  public mutating func clear(_ name: String) {
    let kind = AxisKind(name: name)
    settings.removeAll { $0.kind == kind }
    places[kind?.name ?? name] = nil
  }
}
