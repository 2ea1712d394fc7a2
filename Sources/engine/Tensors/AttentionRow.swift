/// One row of an attention call: what it asks with, what it attends to, and who sees its map.
///
/// A row whose map is supplied needs neither queries nor keys, so that nobody computes them.
public struct AttentionRow: Sendable {
  /// Queries (s, c); `nil` only where the demand is `.supply`.
  public var query: Tensor?
  /// Keys (t, c); `nil` only where the demand is `.supply`.
  public var key: Tensor?
  /// Values (t, c).
  public var value: Tensor
  /// What happens to the row's map.
  public var demand: MapDemand

  /// Makes a row; `precondition`: without queries or keys the map is supplied.
  public init(
    query: Tensor?, key: Tensor?, value: Tensor,
    demand: MapDemand = MapDemand(use: .none, rounded: false)
  ) {
    precondition(
      demand.use == .supply || (query != nil && key != nil), "a map is made of queries and keys")
    (self.query, self.key, self.value, self.demand) = (query, key, value, demand)
  }
}

extension Tensor {
  /// The parts of the first axis, as views without it: (n, …) → n × (…).
  public var unstacked: [Tensor] {
    (0..<shape[0]).map { rows($0..<$0 + 1).reshaped(Array(shape.dropFirst())) }
  }
}

extension Backend {
  /// Multi-head attention of whole batches: q (n, s, c), k and v (n, t, c) → (n, s, c).
  ///
  /// `demands` has one entry per row; empty means that nobody looks at any row and nothing is
  /// rounded.
  public func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, causal: Bool, demands: [MapDemand] = [],
    visit: (_ row: Int, _ map: Tensor?) -> Tensor? = { _, _ in nil }
  ) -> Tensor {
    precondition(
      q.shape.count == 3 && k.shape == v.shape && q.shape[0] == k.shape[0],
      "attention of \(q.shape), \(k.shape) and \(v.shape)")
    precondition(demands.isEmpty || demands.count == q.shape[0], "one demand for each row")
    let parts = (q.unstacked, k.unstacked, v.unstacked)
    let rows = parts.0.indices.map { row in
      AttentionRow(
        query: parts.0[row], key: parts.1[row], value: parts.2[row],
        demand: demands.isEmpty ? MapDemand(use: .none, rounded: false) : demands[row])
    }
    return attention(rows, queries: q.shape[1], heads: heads, causal: causal, visit: visit)
  }
}
