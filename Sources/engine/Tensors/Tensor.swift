/// How one number of a tensor is stored.
public enum ElementType: String, Codable, Sendable {
  case f32, f16, bf16

  /// Bytes of one number.
  public var byteCount: Int { self == .f32 ? 4 : 2 }
}

/// Memory owned by one backend; freed or pooled when the last tensor lets go.
public protocol Storage: AnyObject, Sendable {
  /// Usable bytes.
  var byteCount: Int { get }
}

/// A shaped, contiguous view of a backend's memory, row-major, last axis fastest.
///
/// A handle: copying it copies no numbers, and nobody writes to a tensor that was handed to them.
/// Pictures and feature maps are channels-last, `(n, h, w, c)`; sequences are `(n, s, c)`; attention
/// maps of one row are `(heads, queries, tokens)`.
public struct Tensor: Sendable {
  /// Length of each axis.
  public let shape: [Int]
  /// How the numbers are stored.
  public let element: ElementType
  /// The memory that holds them.
  public let storage: any Storage
  /// Where the view begins in `storage`, in elements.
  public let offset: Int

  /// Makes a view of `storage` that begins `offset` elements into it.
  public init(_ shape: [Int], _ element: ElementType, _ storage: any Storage, offset: Int = 0) {
    precondition(shape.allSatisfy { $0 > 0 }, "axes have at least one element: \(shape)")
    precondition(
      (offset + shape.reduce(1, *)) * element.byteCount <= storage.byteCount,
      "a view of \(shape) at \(offset) does not fit \(storage.byteCount) bytes")
    (self.shape, self.element, self.storage, self.offset) = (shape, element, storage, offset)
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The same numbers under another shape of equal count.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "cannot view \(self.shape) as \(shape)")
    return Tensor(shape, element, storage, offset: offset)
  }

  /// Rows `range` of the first axis, as a view.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "rows outside \(shape)")
    let stride = count / shape[0]
    return Tensor(
      [range.count] + shape.dropFirst(), element, storage,
      offset: offset + range.lowerBound * stride)
  }
}
