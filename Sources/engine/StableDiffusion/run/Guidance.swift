public import Tensors

/// Classifier-free guidance (Ho and Salimans 2022).
public struct Guidance: Sendable, Hashable {
  /// How far predictions move from the unconditional one to the conditional one and beyond.
  public var scale: Float

  /// A guidance scale; at most 1 means that there is no unconditional branch.
  public init(scale: Float) { self.scale = scale }

  /// Whether there is an unconditional branch.
  public var isGuided: Bool { scale > 1 }

  /// `uncond + scale·(cond − uncond)`, equal shapes.
  public func combine(
    conditional: Tensor, unconditional: Tensor, on backend: any Backend
  ) -> Tensor {
    let difference = backend.combine([(1, conditional), (-1, unconditional)])
    return backend.combine([(1, unconditional), (scale, difference)])
  }
}
