import Layers
public import Tensors

/// What rows of a UNet's batch are told beside the text.
public struct AddedConditions: Sendable {
  /// Pooled prompts (n, P), one a row.
  public var pooled: Tensor
  /// Height and width of the original, top and left of the crop, height and width of the target, in
  /// pixels; the same for all rows.
  public var sizes: [Float]

  /// Makes the conditions of n rows.
  public init(pooled: Tensor, sizes: [Float]) { (self.pooled, self.sizes) = (pooled, sizes) }
}

/// Embeds the pooled prompt and the sizes (Podell et al. 2023, §2.2); added to the timestep's embedding.
struct AdditionEmbedding: Sendable {
  let sizeProj: Timesteps
  let embedding: TimestepEmbedding
  let config: UNetAddition

  init(_ weights: any Weights, _ path: String, _ config: UNetConfig, _ addition: UNetAddition)
    throws
  {
    sizeProj = Timesteps(
      addition.sizeChannels, flipSinToCos: config.flipSinToCos, shift: config.freqShift)
    embedding = try TimestepEmbedding(weights, path, addition.channels, config.timeChannels)
    self.config = addition
  }

  /// (n, P) and six sizes → (n, t).
  func callAsFunction(_ added: AddedConditions, on backend: any Backend) -> Tensor {
    precondition(
      added.sizes.count == UNetAddition.sizes && added.pooled.shape[1] == config.pooledChannels,
      "\(added.sizes.count) sizes and a pooled prompt of \(added.pooled.shape)")
    let sizes = sizeProj(added.sizes, on: backend)  // (1, 6s)
    let rows = backend.concatRows(Array(repeating: sizes, count: added.pooled.shape[0]))  // (n, 6s)
    return embedding(backend.concatChannels(added.pooled, rows), on: backend)  // (n, t)
  }
}
