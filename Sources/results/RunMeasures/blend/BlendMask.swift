/// Where a blended variant differs from its source after one step: a picture of yes and no.
public struct BlendMask: Sendable, Hashable {
  /// Rows of the latents.
  public let rows: Int
  /// Columns of the latents.
  public let columns: Int
  /// Whether the variant's latents stand, row by row; elsewhere the source's do.
  public let isOpen: [Bool]

  /// Makes a mask of `rows` · `columns` answers.
  public init(rows: Int, columns: Int, isOpen: [Bool]) {
    precondition(isOpen.count == rows * columns, "a mask of another size")
    (self.rows, self.columns, self.isOpen) = (rows, columns, isOpen)
  }

  /// The open part, 0…1.
  public var area: Double { Double(isOpen.count(where: \.self)) / Double(max(1, isOpen.count)) }

  /// 1 where the variant's latents stand, else 0.
  public var gates: [Float] { isOpen.map { $0 ? 1 : 0 } }

  /// The mask at a picture's size, each answer repeated: one answer a pixel, row by row.
  public func repeated(rows height: Int, columns width: Int) -> [Bool] {
    (0..<height).flatMap { y in
      let line = y * rows / height * columns
      return (0..<width).map { isOpen[line + $0 * columns / width] }
    }
  }
}
