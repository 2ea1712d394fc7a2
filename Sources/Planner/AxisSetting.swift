/// What was asked about one axis: its items in the order they were given.
public struct AxisSetting: Hashable, Sendable {
  /// What it varies.
  public var kind: AxisKind
  /// Its items.
  public var items: [AxisItem]
  /// Whether it is an axis even with a single value.
  public var isExplicit: Bool

  /// How many values it has before equal ones are merged.
  public var count: Int { items.reduce(0) { $0.addingClamped($1.count) } }
  /// Whether it is an axis of the grid; otherwise its value holds for every cell.
  public var isAxis: Bool { isExplicit || count > 1 }

  /// The values, each once, in order.
  func values() -> [SweepValue] {
    var seen: Set<String> = []
    return items.flatMap { item in (0..<item.count).map { item.value(at: $0) } }
      .filter { seen.insert($0.description).inserted }
  }

  /// What a person should know of it: ranges that miss their end, values given twice.
  func remarks(_ values: [SweepValue]) -> [String] {
    var remarks: [String] = []
    for item in items {
      guard case .range(let from, _, let count, let isSteps, let missed?) = item else { continue }
      let unit = isSteps ? "s" : ""
      remarks.append(
        "\(kind.name): \(from)\(unit) … \(item.value(at: count - 1)), \(count) values, "
          + "does not reach \(missed)\(unit)")
    }
    if values.count < count {
      remarks.append(
        "\(kind.name): \(count - values.count) values stand there twice, and count once")
    }
    return remarks
  }
}
