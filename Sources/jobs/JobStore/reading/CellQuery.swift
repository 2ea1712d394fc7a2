import EditJobs
import Files

/// The part of a target behind the colon: a place (`r2c3`, `r2c3p2`, `reprompt`) or coordinates.
struct CellQuery {
  private let text: String
  private let axes: [SweepAxis]

  init(_ text: String, axes: [SweepAxis]) {
    (self.text, self.axes) = (text, axes.flatMap(\.members))
  }

  /// The cells of a sweep that are meant.
  ///
  /// - Throws: `no-such-cell` (66), `no-such-axis` and `no-such-value` (65).
  func cells(of sweep: SweepDetail) throws(EditError) -> [CellRow] {
    let found: [CellRow]
    let named = sweep.cells.filter { $0.name == text }
    if !named.isEmpty {
      found = named
    } else if text == "reprompt" {
      found = sweep.cells.filter { $0.role == .reprompt }
    } else if let place = Self.place(text) {
      found = sweep.cells.filter {
        $0.role == .cell && ($0.row, $0.column, $0.page) == place
      }
    } else {
      let wanted = try coordinates()
      found = sweep.cells.filter { cell in
        cell.role == .cell && wanted.allSatisfy(cell.coordinates.contains)
      }
    }
    if found.isEmpty {
      let cells = sweep.cells.filter { $0.role == .cell }
      let rows = (cells.map(\.row).max() ?? -1) + 1
      let columns = (cells.map(\.column).max() ?? -1) + 1
      throw EditError(
        "no-such-cell", .missing, "sweep \(sweep.summary.id) has no cell \(text)",
        details: ["it has \(rows) rows and \(columns) columns"],
        hint: "p2p status \(sweep.summary.id)")
    }
    return found
  }

  /// Row, column and page from 0; people count from 1.
  private static func place(_ text: String) -> (Int, Int, Int)? {
    guard let match = text.wholeMatch(of: /r([0-9]{1,6})c([0-9]{1,6})(?:p([0-9]{1,6}))?/),
      let row = Int(match.1), let column = Int(match.2)
    else { return nil }
    return (row - 1, column - 1, (match.3.flatMap { Int($0) } ?? 1) - 1)
  }

  /// `axis=value` pairs; a value may hold commas, since only a known axis begins the next pair.
  private func coordinates() throws(EditError) -> [Coordinate] {
    var pairs: [(axis: SweepAxis, value: String)] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      if let axis = axes.first(where: { piece.hasPrefix("\($0.name)=") }) {
        pairs.append((axis, String(piece.dropFirst(axis.name.count + 1))))
      } else if let last = pairs.indices.last {
        pairs[last].value += ",\(piece)"
      } else {
        throw EditError(
          "no-such-axis", .data, "\"\(text)\" is neither a place such as r2c3 nor coordinates",
          details: ["the axes are \(axes.map(\.name).joined(separator: ", "))"])
      }
    }
    var wanted: [Coordinate] = []
    for pair in pairs {
      guard let value = Self.canonical(pair.value, in: pair.axis) else {
        throw EditError(
          "no-such-value", .data, "\(pair.axis.name) has no value \(pair.value)",
          details: ["it has \(pair.axis.values.joined(separator: ", "))"])
      }
      wanted.append(Coordinate(axis: pair.axis.name, value: value))
    }
    return wanted
  }

  /// The axis' own text: an equal text, an equal number, or for texts their ordinal.
  private static func canonical(_ text: String, in axis: SweepAxis) -> String? {
    if axis.values.contains(text) { return text }
    guard let number = Double(text) else { return nil }
    if let same = axis.values.first(where: { Double($0) == number }) { return same }
    let hasNumbers = axis.values.contains { Double($0) != nil }
    guard !hasNumbers, let ordinal = Int(text), axis.values.indices.contains(ordinal - 1) else {
      return nil
    }
    return axis.values[ordinal - 1]
  }
}
