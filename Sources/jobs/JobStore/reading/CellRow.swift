public import EditJobs

/// A cell with the variant it points at.
public struct CellRow: Sendable, Hashable {
  /// The row.
  public var id: Int64
  /// The sweep's number.
  public var sweep: Int64
  /// What it is for.
  public var role: Submission.Role
  /// Its identity within the sweep, sorted by axis name.
  public var coordinates: [Coordinate]
  /// Row from 0.
  public var row: Int
  /// Column from 0.
  public var column: Int
  /// Page from 0.
  public var page: Int
  /// Its coordinates for people, as `Submission.Cell.label` has them.
  public var label: String
  /// Whether the cell itself was cancelled; its variant may live on for others.
  public var isCancelled: Bool
  /// The variant it points at.
  public var variant: UnitRow

  /// Where the cell stands: `cancelled` if it was cancelled, else as its variant.
  public var state: UnitState { isCancelled ? .cancelled : variant.state }

  /// What the cell is called wherever that is kept: its coordinates, `tau=0.75,w:crown=2`, which stay
  /// when a grid grows; those of a re-prompt follow `reprompt`. Without coordinates it is the place.
  public var name: String {
    let parts = coordinates.map { "\($0.axis)=\($0.value)" }
    if role == .reprompt { return (["reprompt"] + parts).joined(separator: ",") }
    return parts.isEmpty ? place : parts.joined(separator: ",")
  }

  /// The place on the screen, which people type: `r2c3`, `r2c3p2` beyond the first page, `reprompt`.
  /// When a grid grows, another cell may stand there.
  public var place: String {
    if role == .reprompt { return "reprompt" }
    return "r\(row + 1)c\(column + 1)" + (page > 0 ? "p\(page + 1)" : "")
  }
}

/// What a person named: everything, a sweep, some of its cells, or a unit.
public enum Target: Sendable, Hashable {
  /// Every sweep.
  case all
  /// A sweep by its number.
  case sweep(Int64)
  /// Cells of one sweep, by their rows.
  case cells(sweep: Int64, cells: [Int64])
  /// A source or a variant, whoever wants it.
  case unit(Key)
}
