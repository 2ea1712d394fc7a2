/// Where the numbers of a layer's tensor stand in a file.
public struct TensorSource: Sendable, Hashable {
  /// What of the stored tensor is taken.
  public enum Part: Sendable, Hashable {
    /// All of it.
    case whole
    /// The first, second or last third of the first axis, from 0.
    case third(Int)
    /// All of it, its two axes exchanged.
    case transposed
  }

  /// The stored tensor's name.
  public var name: String
  /// What of it is taken.
  public var part: Part

  /// Names a place.
  public init(_ name: String, _ part: Part = .whole) { (self.name, self.part) = (name, part) }
}

/// Says where a checkpoint keeps the tensors that layers ask for by diffusers' paths.
public protocol TensorNaming: Sendable {
  /// Every place where the tensor at `path` may be, the likeliest first.
  func sources(of path: String) -> [TensorSource]
}

extension PublishedSpellings: TensorNaming {
  /// The spellings, each for a whole tensor.
  public func sources(of path: String) -> [TensorSource] {
    names(of: path).map { TensorSource($0) }
  }
}
