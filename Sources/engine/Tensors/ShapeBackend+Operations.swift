extension ShapeBackend {
  /// `x·Wᵀ + b`: (…, i) → (…, o).
  public func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let inputs = x.shape[x.shape.count - 1], outputs = weight.shape[0]
    precondition(
      weight.count == outputs * inputs, "linear of \(x.shape) with weights \(weight.shape)")
    count(multiplyAdds: x.count * outputs)
    let rows = x.shape.count > 1 ? x.shape[0] : 1
    note(.linear(positions: x.count / inputs / rows, inputs: inputs, outputs: outputs))
    return make(x.shape.dropLast() + [outputs])
  }

  /// Convolution: (n, h, w, i) → (n, h′, w′, o).
  public func conv2d(
    _ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int
  ) -> Tensor {
    precondition(
      x.shape.count == 4 && weight.shape.count == 4 && weight.shape[1] == x.shape[3],
      "conv2d of \(x.shape) with weights \(weight.shape)")
    let y = make([
      x.shape[0], (x.shape[1] + 2 * padding - weight.shape[2]) / stride + 1,
      (x.shape[2] + 2 * padding - weight.shape[3]) / stride + 1, weight.shape[0],
    ])
    count(multiplyAdds: y.count * (weight.count / weight.shape[0]))
    note(
      .convolution(
        height: x.shape[1], width: x.shape[2], inputs: x.shape[3], outputs: weight.shape[0],
        kernel: weight.shape[2], stride: stride, padding: padding))
    return y
  }

  /// An equal shape.
  public func groupNorm(
    _ x: Tensor, groups: Int, _ gain: Tensor, _ shift: Tensor, eps: Float, thenSiLU: Bool
  ) -> Tensor {
    let channels = x.shape[x.shape.count - 1]
    precondition(channels % groups == 0, "\(channels) channels in \(groups) groups")
    precondition(gain.count == channels && shift.count == channels, "gain of another size")
    return make(x.shape)
  }

  /// An equal shape.
  public func layerNorm(_ x: Tensor, _ gain: Tensor, _ shift: Tensor, eps: Float) -> Tensor {
    precondition(gain.count == x.shape[x.shape.count - 1], "gain of another size")
    return make(x.shape)
  }

  /// An equal shape.
  public func activate(_ x: Tensor, _ function: Activation) -> Tensor { make(x.shape) }

  /// (…, 2c) → (…, c).
  public func geglu(_ x: Tensor) -> Tensor {
    make(x.shape.dropLast() + [x.shape[x.shape.count - 1] / 2])
  }

  /// An equal shape.
  public func add(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape == y.shape, "add of \(x.shape) and \(y.shape)")
    return make(x.shape)
  }

  /// An equal shape.
  public func addToChannels(_ x: Tensor, _ vector: Tensor) -> Tensor {
    precondition(
      vector.shape == [x.shape[0], x.shape[x.shape.count - 1]],
      "adding \(vector.shape) to \(x.shape)")
    return make(x.shape)
  }

  /// An equal shape.
  public func combine(_ terms: [(Float, Tensor)]) -> Tensor {
    guard let shape = terms.first?.1.shape else { preconditionFailure("nothing to combine") }
    precondition(terms.allSatisfy { $0.1.shape == shape }, "combining unequal shapes")
    return make(shape)
  }

  /// An equal shape.
  public func select(_ mask: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(
      x.shape == y.shape && x.shape.suffix(mask.shape.count) == mask.shape[...],
      "selecting from \(x.shape) and \(y.shape) by \(mask.shape)")
    return make(x.shape)
  }

  /// Joins along the last axis.
  public func concatChannels(_ x: Tensor, _ y: Tensor) -> Tensor {
    let last = x.shape.count - 1
    precondition(x.shape.dropLast() == y.shape.dropLast(), "joining \(x.shape) and \(y.shape)")
    return make(x.shape.dropLast() + [x.shape[last] + y.shape[last]])
  }

  /// Joins along the first axis.
  public func concatRows(_ parts: [Tensor]) -> Tensor {
    guard let first = parts.first else { preconditionFailure("nothing to join") }
    precondition(
      parts.allSatisfy { $0.shape.dropFirst() == first.shape.dropFirst() }, "joining unequal rows")
    return make([parts.reduce(0) { $0 + $1.shape[0] }] + first.shape.dropFirst(), first.element)
  }

  /// (n, h, w, c) → (n, 2h, 2w, c).
  public func upsampleNearest(_ x: Tensor) -> Tensor {
    make([x.shape[0], 2 * x.shape[1], 2 * x.shape[2], x.shape[3]])
  }

  /// (n, c, h, w) → (n, h, w, c).
  public func channelsLast(_ x: Tensor) -> Tensor {
    make([x.shape[0], x.shape[2], x.shape[3], x.shape[1]])
  }

  /// (n, h, w, c) → (n, c, h, w).
  public func channelsFirst(_ x: Tensor) -> Tensor {
    make([x.shape[0], x.shape[3], x.shape[1], x.shape[2]])
  }

  /// ids of (n, s) → (n, s, c).
  public func embed(_ ids: [[Int]], _ table: Tensor) -> Tensor {
    make([ids.count, ids.first?.count ?? 0, table.shape[1]])
  }

  /// (n, s, c) → (n, s, c); visitors see maps of the right shape, and every number in them is zero.
  public func attention(
    _ rows: [AttentionRow], queries: Int, heads: Int, causal: Bool,
    visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) -> Tensor {
    let (tokens, channels) = (rows[0].value.shape[0], rows[0].value.shape[1])
    precondition(channels % heads == 0, "\(channels) channels in \(heads) heads")
    let y = make([rows.count, queries, channels])
    let product = queries * tokens * channels
    note(
      .attention(
        queries: queries, tokens: tokens, channels: channels, heads: heads, causal: causal))
    for (index, row) in rows.enumerated() {
      let (use, shape) = (row.demand.use, [heads, queries, tokens])
      precondition(
        row.value.shape == [tokens, channels]
          && (row.key?.shape ?? [tokens, channels])
            == [tokens, channels]
          && (row.query?.shape ?? [queries, channels]) == [queries, channels],
        "row \(index) differs from the first")
      count(multiplyAdds: use == .supply ? product : 2 * product)
      guard use != .none else { continue }
      let answer = visit(index, use == .supply ? nil : make(shape, row.demand.element))
      precondition(
        use != .supply || answer?.shape == shape, "row \(index) was to be supplied with a map")
    }
    return y
  }

  /// (heads, queries, tokens) → (heads, queries, columns.count).
  public func composeMap(source: Tensor?, own: Tensor?, columns: [MapColumn]) -> Tensor {
    guard let map = source ?? own else { preconditionFailure("no map to take columns from") }
    return make([map.shape[0], map.shape[1], columns.count])
  }

  /// (heads, queries, tokens) → (tokens, queries).
  public func headMean(_ map: Tensor) -> Tensor { make([map.shape[2], map.shape[1]]) }
}
