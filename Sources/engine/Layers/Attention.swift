public import EditJobs
public import Tensors

/// Multi-head attention at a named site (Vaswani et al. 2017, §3.2).
///
/// The layer knows nothing of editing: where the pass has a control, it asks what happens to each
/// row's map, and hands maps over as the answers say.
public struct Attention: Sendable {
  let toQ: Linear
  let toK: Linear
  let toV: Linear
  let toOut: Linear
  /// The layer's name.
  public let site: AttentionSite
  let heads: Int

  /// Loads `path.to_q`, `path.to_k`, `path.to_v` and `path.to_out.0`.
  ///
  /// Queries have `channels`, keys and values are made from `contextChannels`. Throws what `weights`
  /// throws.
  public init(
    _ weights: any Weights, _ path: String, site: AttentionSite, channels: Int,
    contextChannels: Int, heads: Int
  ) throws {
    precondition(channels % heads == 0, "\(path): \(channels) channels in \(heads) heads")
    toQ = try Linear(weights, "\(path).to_q", channels, channels, bias: false)
    toK = try Linear(weights, "\(path).to_k", contextChannels, channels, bias: false)
    toV = try Linear(weights, "\(path).to_v", contextChannels, channels, bias: false)
    toOut = try Linear(weights, "\(path).to_out.0", channels, channels)
    (self.site, self.heads) = (site, heads)
  }

  /// x (n, s, c) attends to the text of each row, by default to itself → (n, s, c).
  ///
  /// `size` is the feature map that x's s positions are. Where a row's map is supplied, its queries
  /// and, of self-attention, its keys are not computed.
  public func callAsFunction(
    _ x: Tensor, context: [TextStates]? = nil, size: FeatureSize, _ pass: Pass
  ) -> Tensor {
    let mapSize = AttentionMapSize(
      rows: size.rows, columns: size.columns, heads: heads,
      keys: context.map { $0[0].states.shape[1] } ?? size.rows * size.columns)
    let demands = pass.rows.map { row in
      pass.control?.demand(at: site, mapSize, pass.position, row)
        ?? MapDemand(use: .none, rounded: false)
    }
    let asking = demands.indices.filter { demands[$0].use != .supply }
    let queries = project(toQ, x, rows: asking, on: pass.backend)  // asking × (s, c)
    let rows: [AttentionRow]
    if let context {
      let text = context.map { project($0, on: pass.backend) }  // n × (t, c), (t, c)
      rows = demands.indices.map {
        AttentionRow(
          query: queries[$0], key: text[$0].key, value: text[$0].value, demand: demands[$0])
      }
    } else {
      let keys = project(toK, x, rows: asking, on: pass.backend)  // asking × (s, c)
      let values = toV(x, on: pass.backend).unstacked  // n × (s, c)
      rows = demands.indices.map {
        AttentionRow(query: queries[$0], key: keys[$0], value: values[$0], demand: demands[$0])
      }
    }
    let attended = pass.backend.attention(
      rows, queries: mapSize.queries, heads: heads, causal: false
    ) { pass.control?.visit($1, at: site, mapSize, pass.position, pass.rows[$0]) }  // (n, s, c)
    return toOut(attended, on: pass.backend)  // (n, s, c)
  }

  /// A layer's output for some rows of x (n, s, c), by row: (s, c) each.
  private func project(
    _ layer: Linear, _ x: Tensor, rows: [Int], on backend: any Backend
  ) -> [Int: Tensor] {
    guard !rows.isEmpty else { return [:] }
    let part =
      rows.count == x.shape[0] ? x : backend.concatRows(rows.map { x.rows($0..<$0 + 1) })
    return Dictionary(uniqueKeysWithValues: zip(rows, layer(part, on: backend).unstacked))
  }

  private func project(_ text: TextStates, on backend: any Backend) -> TextStates.Projection {
    text.projection(at: site) { states in
      TextStates.Projection(
        key: toK(states, on: backend).unstacked[0], value: toV(states, on: backend).unstacked[0])
    }
  }
}
