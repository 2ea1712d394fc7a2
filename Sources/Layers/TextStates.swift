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
  private let projections = Mutex<[AttentionSite: Projection]>([:])

  /// Takes the hidden states (T, k) of a prompt.
  public init(_ states: Tensor) {
    precondition(states.shape.count == 2, "hidden states are (T, k): \(states.shape)")
    self.states = states.reshaped([1] + states.shape)
  }

  /// What a site's layer made of the states, making it when first asked.
  func projection(at site: AttentionSite, _ make: (_ states: Tensor) -> Projection) -> Projection {
    if let known = projections.withLock({ $0[site] }) { return known }
    let made = make(states)
    projections.withLock { $0[site] = made }
    return made
  }
}
