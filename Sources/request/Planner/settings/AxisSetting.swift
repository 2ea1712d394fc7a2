/// What was asked about one axis: its items in the order they were given.
public struct AxisSetting: Hashable, Sendable {
  /// What it varies.
  public var kind: AxisKind
  /// Its items.
  var items: [AxisItem]
  /// Whether it is an axis even with a single value.
  var isExplicit: Bool
  /// The number of the zip group that it belongs to; `nil` where it varies by itself.
  var zip: Int?

  /// How many values it has before equal ones are merged.
  public var count: Int { items.reduce(0) { $0.addingClamped($1.count) } }
  /// Whether it is an axis of the grid; otherwise its value holds for every cell.
  public var isAxis: Bool { isExplicit || count > 1 }

  /// The values in order, those that stand there twice included.
  func values() -> [SweepValue] {
    items.flatMap { item in (0..<item.count).map { item.value(at: $0) } }
  }

  /// The ranges that miss their end, one sentence each.
  var remarks: [String] {
    items.compactMap { item in
      guard case .range(let from, _, let count, let isSteps, let missed?) = item else { return nil }
      let unit = isSteps ? "s" : ""
      return "\(kind.name): \(from)\(unit) … \(item.value(at: count - 1)), \(count) values, "
        + "does not reach \(missed)\(unit)"
    }
  }
}
