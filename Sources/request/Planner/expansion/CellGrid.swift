import EditJobs
import Files
import PromptAlignment

/// The places of a grid: axes with their values, and what holds for every cell.
struct CellGrid {
  /// A place and the values there.
  struct Place {
    var row: Int
    var column: Int
    var page: Int
    /// What holds there, by what it varies.
    var values: [AxisKind: SweepValue]
  }

  /// An axis: its members, which vary together, and their values by place.
  struct Axis {
    var members: [AxisKind]
    var tuples: [[SweepValue]]

    /// The values of one member, in step with the others'.
    func values(_ member: Int) -> [SweepValue] { tuples.map { $0[member] } }
  }

  let axes: [Axis]
  private(set) var remarks: [String] = []
  private let fixed: [AxisKind: SweepValue]

  init(_ request: SweepRequest) {
    var remarks: [String] = []
    var fixed: [AxisKind: SweepValue] = [:]
    for setting in request.settings {
      remarks += setting.remarks
      if !setting.isAxis { fixed[setting.kind] = setting.values().first }
    }
    var axes: [Axis] = []
    for first in request.axes {
      let members = request.members(of: first)
      let lists = members.map { $0.values() }
      var seen: Set<[String]> = []
      let all = (lists.first ?? []).indices.map { index in lists.map { $0[index] } }
      let tuples = all.filter { seen.insert($0.map(\.description)).inserted }
      if tuples.count < all.count {
        remarks.append(
          "\(first.kind.name): \(all.count - tuples.count) values stand there twice, "
            + "and count once")
      }
      axes.append(Axis(members: members.map(\.kind), tuples: tuples))
    }
    (self.axes, self.fixed, self.remarks) = (axes, fixed, remarks)
  }

  /// How many places there are, excluded ones included; 1 without axes.
  var count: Int { axes.reduce(1) { $0 * $1.tuples.count } }

  var sweepAxes: [SweepAxis] {
    axes.map { axis in
      let members = axis.members.indices.map { member in
        SweepAxis(
          name: axis.members[member].name, values: axis.values(member).map(\.description))
      }
      return SweepAxis(
        name: members[0].name, values: members[0].values, zipped: Array(members.dropFirst()))
    }
  }

  var firstEditPrompt: String? { texts(of: .to).first }

  /// The values that a setting takes anywhere in the grid; empty where nothing is said of it.
  func values(of kind: AxisKind) -> [SweepValue] {
    for axis in axes {
      if let member = axis.members.firstIndex(of: kind) { return axis.values(member) }
    }
    return fixed[kind].map { [$0] } ?? []
  }

  /// The texts of the values that a setting takes anywhere in the grid.
  func texts(of kind: AxisKind) -> [String] { values(of: kind).map(\.description) }

  /// Place number `index`: the first axis varies fastest.
  func cell(_ index: Int) -> Place {
    var rest = index
    var indices: [Int] = []
    var values = fixed
    for axis in axes {
      let at = rest % axis.tuples.count
      indices.append(at)
      for (kind, value) in zip(axis.members, axis.tuples[at]) { values[kind] = value }
      rest /= axis.tuples.count
    }
    let page = zip(indices, axes).dropFirst(2).reversed().reduce(0) {
      $0 * $1.1.tuples.count + $1.0
    }
    return Place(
      row: indices.count > 1 ? indices[1] : 0, column: indices.first ?? 0, page: page,
      values: values)
  }

  /// The places of the grid without those that the request excludes.
  ///
  /// An entry that matches nothing is remarked on: it is a slip more often than a wish.
  ///
  /// - Throws: `empty-grid` where nothing is left.
  mutating func places(_ request: SweepRequest) throws(EditError) -> [Place] {
    let all = (0..<count).map(cell)
    guard !request.exclusions.isEmpty else { return all }
    var hits = request.exclusions.map { _ in 0 }
    let left = all.filter { place in
      let matching = request.exclusions.indices.filter {
        request.exclusions[$0].matches(place.values)
      }
      for entry in matching { hits[entry] += 1 }
      return matching.isEmpty
    }
    guard !left.isEmpty else {
      throw EditError(
        "empty-grid", .data, "the sweep is empty: exclude removes all \(all.count) cells")
    }
    for (entry, count) in zip(request.exclusions, hits) where count == 0 {
      remarks.append("exclude \(entry): no cell matches")
    }
    let gone = all.count - left.count
    if gone > 0 { remarks.append("\(gone) cell\(gone == 1 ? " is" : "s are") excluded") }
    return left
  }
}
