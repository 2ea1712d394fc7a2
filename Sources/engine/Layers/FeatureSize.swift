/// Height and width of a feature map, latent or picture.
public struct FeatureSize: Hashable, Codable, Sendable {
  /// Positions from top to bottom.
  public var rows: Int
  /// Positions from left to right.
  public var columns: Int

  /// Makes a size.
  public init(rows: Int, columns: Int) { (self.rows, self.columns) = (rows, columns) }
}
