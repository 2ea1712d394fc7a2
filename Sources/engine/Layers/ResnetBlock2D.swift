public import Tensors

/// Two convolutions with a residual (He et al. 2016); the timestep is added between them.
public struct ResnetBlock2D: Sendable {
  let norm1: GroupNorm
  let conv1: Conv2d
  let timeEmbProj: Linear?
  let norm2: GroupNorm
  let conv2: Conv2d
  let convShortcut: Conv2d?

  /// Loads the block at `path`; without `timeChannels` nothing is added. Throws what `weights` throws.
  public init(
    _ weights: any Weights, _ path: String, _ inputs: Int, _ outputs: Int, timeChannels: Int?,
    groups: Int, eps: Float
  ) throws {
    norm1 = try GroupNorm(weights, "\(path).norm1", inputs, groups: groups, eps: eps)
    conv1 = try Conv2d(weights, "\(path).conv1", inputs, outputs)
    timeEmbProj = try timeChannels.map {
      try Linear(weights, "\(path).time_emb_proj", $0, outputs)
    }
    norm2 = try GroupNorm(weights, "\(path).norm2", outputs, groups: groups, eps: eps)
    conv2 = try Conv2d(weights, "\(path).conv2", outputs, outputs)
    convShortcut =
      inputs == outputs
      ? nil : try Conv2d(weights, "\(path).conv_shortcut", inputs, outputs, kernel: 1)
  }

  /// x (n, h, w, i) → (n, h, w, o).
  ///
  /// `time` is the SiLU of the timestep's embedding: (1, t) where all rows have the same one, else
  /// (n, t).
  public func callAsFunction(
    _ x: Tensor, time: Tensor? = nil, on backend: any Backend
  ) -> Tensor {
    var h = conv1(norm1(x, thenSiLU: true, on: backend), on: backend)  // (n, h, w, o)
    if let time, let timeEmbProj {
      let shift = timeEmbProj(time, on: backend)  // (1, o) or (n, o)
      let copies = x.shape[0] / time.shape[0]
      let shifts = backend.concatRows(Array(repeating: shift, count: copies))  // (n, o)
      h = backend.addToChannels(h, shifts)  // (n, h, w, o)
    }
    h = conv2(norm2(h, thenSiLU: true, on: backend), on: backend)  // (n, h, w, o)
    return backend.add(convShortcut?(x, on: backend) ?? x, h)  // (n, h, w, o)
  }
}
