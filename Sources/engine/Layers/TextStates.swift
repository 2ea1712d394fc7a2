import EditJobs
import Synchronization
public import Tensors

/// A prompt's hidden states, and the keys and values that cross-attention makes of them, once a site.
///
/// They are constant over a run's passes and the same in all lanes, so nobody makes them twice. The
/// states serve one model.
public final class TextStates: Sendable {
  /// Keys and values, (t, c) each.
  public struct Projection: Sendable {
    var key: Tensor
    var value: Tensor
  }

  /// The hidden states (1, T, k).
  public let states: Tensor
  /// The prompt as one vector (P); `nil` where the model is not told of it.
  public let pooled: Tensor?
  private let projections = Mutex<[AttentionSite: Projection]>([:])

  /// Takes the hidden states (T, k) of a prompt, and its pooled state (P) where the model wants it.
  public init(_ states: Tensor, pooled: Tensor? = nil) {
    precondition(states.shape.count == 2, "hidden states are (T, k): \(states.shape)")
    self.states = states.reshaped([1] + states.shape)
    self.pooled = pooled
  }

  /// Zeros of the same shapes: what some models take for no prompt at all.
  public func zeros(on backend: any Backend) -> TextStates {
    func zeros(_ x: Tensor, _ shape: some Collection<Int>) -> Tensor {
      backend.upload([Float](repeating: 0, count: x.count), shape: Array(shape))
    }
    return TextStates(
      zeros(states, states.shape.dropFirst()), pooled: pooled.map { zeros($0, $0.shape) })
  }

  /// What a site's layer made of the states, making it when first asked.
  func projection(at site: AttentionSite, _ make: (_ states: Tensor) -> Projection) -> Projection {
    if let known = projections.withLock({ $0[site] }) { return known }
    let made = make(states)
    projections.withLock { $0[site] = made }
    return made
  }
}
