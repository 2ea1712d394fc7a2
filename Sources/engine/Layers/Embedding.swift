public import Tensors

/// A table of vectors, looked up by index.
public struct Embedding: Sendable {
  let weight: Tensor

  /// Loads `path.weight` (count, channels); throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ count: Int, _ channels: Int) throws {
    weight = try weights.tensor("\(path).weight", [count, channels], .plain)
  }

  /// Indices of (n, s) → (n, s, channels).
  public func callAsFunction(_ ids: [[Int]], on backend: any Backend) -> Tensor {
    backend.embed(ids, weight)
  }
}
