import Layers
import Tensors

/// Embeds the pooled prompt and the sizes (Podell et al. 2023, §2.2); added to the timestep's embedding.
struct AdditionEmbedding: Sendable {
  let sizeProj: Timesteps
  let embedding: TimestepEmbedding
  let config: UNetAddition

  init(
    _ weights: any Weights, _ path: String, _ config: UNetConfig, _ addition: UNetAddition
  ) throws {
    sizeProj = Timesteps(
      addition.sizeChannels, flipSinToCos: config.flipSinToCos, shift: config.freqShift)
    embedding = try TimestepEmbedding(weights, path, addition.channels, config.timeChannels)
    self.config = addition
  }

  /// A text for each of n rows, and six sizes for all → (n, t).
  func callAsFunction(_ texts: [TextStates], sizes: [Float], on backend: any Backend) -> Tensor {
    let pooled = texts.compactMap(\.pooled).map { $0.reshaped([1, $0.count]) }  // (1, P) each
    precondition(
      pooled.count == texts.count && pooled.allSatisfy { $0.count == config.pooledChannels },
      "a prompt without the pooled state that the model is told of")
    precondition(sizes.count == UNetAddition.sizes, "\(sizes.count) sizes")
    let sinusoids = sizeProj(sizes, on: backend)  // (1, 6s)
    // (n, P + 6s)
    let rows = backend.concatRows(pooled.map { backend.concatChannels($0, sinusoids) })
    return embedding(rows, on: backend)  // (n, t)
  }
}
