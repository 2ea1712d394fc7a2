import EditJobs
public import Files

extension SweepRequest {
  /// Adds values to an axis that is there: among numbers that rise or fall where they belong, else
  /// behind the last.
  ///
  /// - Throws: `no-such-axis` (65) where the sweep does not vary it, and what `setAxis` throws.
  public mutating func grow(_ name: String, by texts: [String]) throws(EditError) {
    guard let kind = AxisKind(name: name), let axis = axes.first(where: { $0.kind == kind }) else {
      throw EditError(
        "no-such-axis", .data, "the sweep has no axis \(name)",
        details: ["its axes: \(axes.map(\.kind.name).joined(separator: ", "))"],
        hint: "a new sweep: what both need is made once")
    }
    var more = SweepRequest()
    for text in texts { try more.setAxis(name, to: text) }
    let old = axis.values()
    let known = Set(old.map(\.description))
    let new = more.axes.flatMap { $0.values() }.filter { !known.contains($0.description) }
    setItems(Self.merged(old, new).map(AxisItem.value), of: kind)
  }

  private static func merged(_ old: [SweepValue], _ new: [SweepValue]) -> [SweepValue] {
    let places = old.compactMap(\.place)
    guard places.count == old.count, new.allSatisfy({ $0.place != nil }),
      Set((old + new).map(\.isSteps)).count == 1
    else { return old + new }
    let pairs = Swift.zip(places, places.dropFirst())
    let all = (old + new).sorted { left, right in
      guard let left = left.place, let right = right.place else { return false }
      return left < right
    }
    if pairs.allSatisfy({ $0 < $1 }) { return all }
    return pairs.allSatisfy({ $0 > $1 }) ? all.reversed() : old + new
  }
}

extension SweepValue {
  /// Where a number stands among others; `nil` for windows and texts.
  fileprivate var place: ExactDecimal? {
    switch self {
    case .number(let number): number
    case .steps(let count): ExactDecimal(Int64(count))
    case .window, .weight, .text, .standard: nil
    }
  }

  fileprivate var isSteps: Bool {
    if case .steps = self { true } else { false }
  }
}
