public import EditJobs
public import Tensors

/// The size of the map that a site makes at one picture size.
public struct AttentionMapSize: Hashable, Codable, Sendable {
  /// Rows of the feature map that asks.
  public var rows: Int
  /// Columns of the feature map that asks.
  public var columns: Int
  /// Attention heads.
  public var heads: Int
  /// Keys: text tokens, or rows × columns.
  public var keys: Int

  /// Makes a size.
  public init(rows: Int, columns: Int, heads: Int, keys: Int) {
    (self.rows, self.columns, self.heads, self.keys) = (rows, columns, heads, keys)
  }

  /// Positions of the feature map.
  public var queries: Int { rows * columns }
}

/// One row of a UNet's batch: a branch of a lane. Branches are named, never counted.
public struct Row: Hashable, Sendable {
  /// Which prompt the row is evaluated under.
  public enum Branch: String, Codable, Sendable { case conditional, unconditional }
  /// The unit's place in the batch.
  public var lane: Int
  /// Which prompt the row is evaluated under.
  public var branch: Branch

  /// Names a row.
  public init(lane: Int, branch: Branch) { (self.lane, self.branch) = (lane, branch) }
}

/// Where a forward pass stands in its run.
public struct PassPosition: Hashable, Codable, Sendable {
  /// Number of the model call, from 0.
  public var pass: Int
  /// The sampler's step that it belongs to; step 0 is the noisiest.
  public var step: Int

  /// Makes a position.
  public init(pass: Int, step: Int) { (self.pass, self.step) = (pass, step) }
}

/// What a caller of the model may do with attention. The model knows this protocol and nothing of
/// editing.
public protocol AttentionControl: AnyObject {
  /// Says what happens to a row's map, before it exists, so that nothing is built that nobody wants.
  func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand
  /// Sees, replaces or supplies a row's map, as its demand said; see `Backend.attention`.
  func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor?
}

/// What every layer of one forward pass of a UNet shares.
public struct Pass {
  /// Runs the operations.
  public let backend: any Backend
  /// Where the run stands.
  public let position: PassPosition
  /// The rows of the batch, in order.
  public let rows: [Row]
  /// Sees attention maps; `nil` when nobody does.
  public let control: (any AttentionControl)?

  /// Makes the shared part of a forward pass.
  public init(
    backend: any Backend, position: PassPosition, rows: [Row],
    control: (any AttentionControl)?
  ) {
    (self.backend, self.position, self.rows, self.control) = (backend, position, rows, control)
  }
}
