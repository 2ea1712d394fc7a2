import EditJobs
public import Files
import Yams

extension SweepRequest {
  /// Reads back the canonical JSON in which the job table keeps a request.
  ///
  /// - Throws: `request-unreadable` (65) where it is not one of ours, and what `set(_:to:)` throws.
  public init(canonical json: String) throws(EditError) {
    self.init()
    // What a request does not say was settled when it was made, whatever the settings are now.
    numerics = .portable
    guard let mapping = (try? Yams.compose(yaml: YAMLText.escaped(json)))?.mapping else {
      throw EditError("request-unreadable", .data, "the sweep's request cannot be read")
    }
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      switch name {
      // Models that vary stand among the axes.
      case "p2p", "digest", "models", "kernels": break
      case "image":
        if let known = Self.photograph(value) {
          try set(name, to: known.file)
          photographs[known.file] = known
        }
      case "images":
        for (typed, value) in value.mapping ?? [:] {
          photographs[typed.scalar?.string ?? ""] = Self.photograph(value)
        }
      case "blend_threshold":
        // Once both thresholds stood in one text.
        let texts = AxisItems.split(value.scalar?.string ?? "")
        for (name, text) in Swift.zip([name, "blend_subtract_threshold"], texts) {
          try set(name, to: text)
        }
      case "size":
        let sides = value.array().compactMap { $0.scalar?.string }
        if sides.count == 2 { try set("size", to: sides.joined(separator: "x")) }
      case "settings":
        for (name, values) in value.mapping ?? [:] {
          for text in values.array() {
            try set(name.scalar?.string ?? "", to: text.scalar?.string ?? "")
          }
        }
      case "axes": for axis in value.array() { try addAxis(axis) }
      case "exclude":
        for entry in value.array() {
          try exclude(
            (entry.mapping ?? [:]).map { name, values in
              (name: name.scalar?.string ?? "", texts: Self.texts(values))
            })
        }
      default:
        guard let text = value.scalar?.string else {
          throw EditError("request-unreadable", .data, "the sweep's \(name) cannot be read")
        }
        if !value.isNull { try set(name, to: text) }
      }
    }
  }

  private mutating func addAxis(_ axis: Node) throws(EditError) {
    let others = axis["zip"]?.array() ?? []
    let members = ([axis] + others).map { member in
      (
        name: member["name"]?.scalar?.string ?? "",
        texts: member["values"].map(Self.texts) ?? []
      )
    }
    if !others.isEmpty { return try zip(members) }
    for text in members[0].texts { try setAxis(members[0].name, to: text) }
  }

  /// A photograph by its name and hash.
  private static func photograph(_ value: Node) -> ImageReference? {
    let digest = value["sha256"]?.scalar.flatMap { Digest(hex: $0.string) }
    return value["file"]?.scalar.map { ImageReference(file: $0.string, digest: digest) }
  }

  private static func texts(_ values: Node) -> [String] {
    values.array().compactMap { $0.scalar?.string }
  }

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
