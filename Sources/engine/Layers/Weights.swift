public import Tensors

/// Loads tensors by their path in a checkpoint.
public protocol Weights {
  /// The tensor at `path`; the error names file, key, found and expected shape.
  func tensor(_ path: String, _ shape: [Int], _ role: WeightRole) throws -> Tensor
}
