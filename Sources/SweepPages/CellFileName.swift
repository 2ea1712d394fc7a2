import JobStore

/// The names of cells' files: the coordinates, so that they stay when a grid grows.
enum CellFileName {
  /// `tau0.5_w-crown2.png`; a text axis has the ordinal of its value.
  static func of(_ cell: CellRow) -> String { "\(cell.place).png" }
}
