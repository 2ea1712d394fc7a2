import EditJobs
import Files
import JobStore
import Planner

extension SweepSnapshot {
  /// How many places an axis of the grid has; 0 where there is no such axis.
  func count(axis: Int) -> Int {
    detail.axes.indices.contains(axis) ? detail.axes[axis].values.count : 0
  }

  /// What stands beside a row or above a column, whether or not a cell is left there; empty where
  /// there is no such axis.
  func label(axis: Int, _ place: Int) -> String {
    guard detail.axes.indices.contains(axis) else { return "" }
    return detail.axes[axis].members.map { member in
      member.values.indices.contains(place) ? Self.label(member.name, member.values[place]) : ""
    }.joined(separator: ", ")
  }

  /// Where a cell stands on an axis.
  func label(_ axis: SweepAxis, of row: ResultRow) -> String {
    axis.members.compactMap { member in
      row.cell.coordinates.first { $0.axis == member.name }.map { Self.label($0.axis, $0.value) }
    }.joined(separator: ", ")
  }

  private static func label(_ axis: String, _ value: String) -> String {
    AxisKind(name: axis)?.label(value) ?? "\(axis) \(value)"
  }
}

extension SweepSnapshot {
  /// What sources are made of that may vary, each as people read it.
  private static let traits = SourceSpec.parts.compactMap(\.label)

  /// In which traits sources differ, looked through once.
  static func varying(_ sources: [SourceSpec]) -> [Int] {
    guard let first = sources.first else { return [] }
    return traits.indices.filter { index in
      let text = traits[index](first)
      return sources.contains { traits[index]($0) != text }
    }
  }

  /// What tells a source from the sweep's others: `seed 3, 20 steps`; empty where it is the only one.
  func traits(of source: SourceSpec) -> String {
    varying.map { Self.traits[$0](source) }.joined(separator: ", ")
  }

  /// What all sources share, and how many values the rest has: model, seed, sampler, steps, guidance,
  /// size, the compute type where it is not f32 alone, and native kernels where there are some.
  var settings: [String] {
    let sources = cellSources
    func one(_ plural: String, _ text: (SourceSpec) -> String) -> String {
      let texts = Set(sources.map(text))
      return texts.count == 1 ? texts.first ?? "" : "\(texts.count) \(plural)"
    }
    guard !sources.isEmpty else { return [] }
    let models = Set(sources.map(\.model)).count
    return [
      models == 1 ? model : "\(models) models", one("seeds") { $0.origin },
      one("samplers") { $0.sampler.title }, one("counts of steps") { "\($0.steps) steps" },
      one("guidances") { "guidance \(NumberText.of($0.guidance))" },
      one("sizes") { "\($0.width) × \($0.height)" },
    ] + (sources.allSatisfy { $0.compute == .f32 } ? [] : [one("dtypes") { $0.compute.rawValue }])
      + (sources.allSatisfy { $0.numerics.mode == .portable }
        ? [] : [one("numerics") { $0.numerics.backend }])
  }
}
