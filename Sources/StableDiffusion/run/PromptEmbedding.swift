public import Tensors

/// What the noise model is told of one prompt.
public struct PromptEmbedding: Sendable {
  /// Hidden states (T, C) of all text encoders, side by side.
  public var states: Tensor
  /// The pooled state (P); `nil` where the noise model is not told of it.
  public var pooled: Tensor?

  /// Makes an embedding.
  public init(states: Tensor, pooled: Tensor? = nil) {
    (self.states, self.pooled) = (states, pooled)
  }

  /// Zeros of the same shapes: what some models take for no prompt at all.
  public func zeros(on backend: any Backend) -> PromptEmbedding {
    func zeros(_ x: Tensor) -> Tensor {
      backend.upload([Float](repeating: 0, count: x.count), shape: x.shape)
    }
    return PromptEmbedding(states: zeros(states), pooled: pooled.map(zeros))
  }
}
