public import Tensors

/// The mean over sites and heads of one pass's cross-attention maps at the control resolution.
struct PassMapMean {
  private var total: Tensor?
  private var sites = 0

  /// Adds a site's map: (heads, queries, tokens).
  mutating func add(_ map: Tensor, on backend: any Backend) {
    let mean = backend.headMean(map)  // (tokens, queries)
    total = total.map { backend.add($0, mean) } ?? mean
    sites += 1
  }

  /// The mean over the sites seen: (tokens, queries); `nil` when none was.
  func value(on backend: any Backend) -> Tensor? {
    total.map { backend.combine([(1 / Float(sites), $0)]) }
  }
}

/// The sum over complete steps of a branch's mean cross-attention maps: (tokens, rows · columns).
///
/// A step of several passes enters once, with its last pass.
public struct RunningSum: Sendable {
  /// The sum so far.
  public private(set) var value: Tensor

  /// Begins with a sum.
  public init(_ value: Tensor) { self.value = value }

  /// Begins with zeros of shape (tokens, queries).
  public init(tokens: Int, queries: Int, on backend: any Backend) {
    let zeros = [Float](repeating: 0, count: tokens * queries)
    value = backend.upload(zeros, shape: [tokens, queries])
  }

  /// Adds the mean maps of a step's last pass.
  mutating func complete(_ mean: Tensor, on backend: any Backend) {
    value = backend.add(value, mean.reshaped(value.shape))
  }
}
