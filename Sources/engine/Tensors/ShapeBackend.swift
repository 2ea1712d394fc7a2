import Synchronization

/// Runs a model's code on shapes alone: nothing is computed and no memory is taken.
///
/// It counts what a real run would do: multiply-adds of matrix products, and bytes of weights and
/// tensors, now and at most. Memory that lives only inside one operation (a panel of a convolution, a
/// block of an attention map that nobody looks at) is not counted. `download` gives zeros, and
/// `allFinite` is always true.
public final class ShapeBackend: Backend {
  private struct Counts {
    var multiplyAdds = 0, live = 0, peak = 0, weights = 0, weightBytes = 0
  }

  /// Bytes that are counted and do not exist.
  private final class Phantom: Storage {
    let byteCount: Int
    /// What is counted: a device may keep a weight in fewer bytes than its numbers have in a checkpoint.
    private let taken: Int
    private let backend: ShapeBackend

    init(_ byteCount: Int, taking taken: Int, _ backend: ShapeBackend) {
      (self.byteCount, self.taken, self.backend) = (byteCount, taken, backend)
      backend.counts.withLock {
        $0.live += taken
        $0.peak = max($0.peak, $0.live)
      }
    }

    deinit { backend.counts.withLock { $0.live -= taken } }
  }

  private let device: (any Device)?
  private let counts = Mutex(Counts())
  private let shapes = Mutex<Set<ProductShape>>([])

  /// Makes a backend whose counts are zero.
  ///
  /// - Parameter device: in whose layouts weights are counted; without one they are counted as their
  ///   checkpoint has them, plain ones in float32.
  public init(weightsOn device: (any Device)? = nil) { self.device = device }

  /// Names the backend; it decides no bits.
  public var fingerprint: String { "shape" }
  /// Multiply-adds of all matrix products, convolutions and attentions so far.
  public var multiplyAdds: Int { counts.withLock { $0.multiplyAdds } }
  /// Bytes that tensors hold now, weights included.
  public var liveBytes: Int { counts.withLock { $0.live } }
  /// The most bytes that tensors held at a time, weights included.
  public var peakBytes: Int { counts.withLock { $0.peak } }
  /// Numbers of all weights that were loaded, as checkpoints have them.
  public var weightCount: Int { counts.withLock { $0.weights } }
  /// Bytes of all weights that were loaded, in the layouts that the device reads them in.
  public var weightBytes: Int { counts.withLock { $0.weightBytes } }

  /// The sizes of all matrix products, convolutions and attentions so far.
  public var products: Set<ProductShape> { shapes.withLock { $0 } }

  /// Forgets the multiply-adds so far and lets the peak begin at what is live now.
  public func restart() {
    counts.withLock { ($0.multiplyAdds, $0.peak) = (0, $0.live) }
  }

  func make(_ shape: [Int], _ element: ElementType = .f32) -> Tensor {
    let byteCount = shape.reduce(element.byteCount, *)
    return Tensor(shape, element, Phantom(byteCount, taking: byteCount, self))
  }

  func count(multiplyAdds: Int) { counts.withLock { $0.multiplyAdds += multiplyAdds } }

  func note(_ shape: ProductShape) { shapes.withLock { _ = $0.insert(shape) } }

  // MARK: Moving numbers

  /// Counts a tensor of this shape.
  public func upload(_ values: [Float], shape: [Int]) -> Tensor { make(shape) }

  /// Counts a tensor of this shape and element type (`bf16` becomes `f32`).
  public func upload(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType
  ) -> Tensor { make(shape, element == .bf16 ? .f32 : element) }

  /// Counts a weight, in the layout that the device reads it in; `bytes` is not read.
  public func weight(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType, role: WeightRole
  ) -> Tensor {
    let kept = role == .plain ? .f32 : element
    let byteCount = shape.reduce(kept.byteCount, *)
    let taken = device?.bytes(ofWeight: shape, element: element, role: role) ?? byteCount
    let weight = Tensor(shape, kept, Phantom(byteCount, taking: taken, self))
    counts.withLock {
      $0.weights += weight.count
      $0.weightBytes += taken
    }
    return weight
  }

  /// Zeros.
  public func download(_ x: Tensor) -> [Float] { [Float](repeating: 0, count: x.count) }

  /// Calls `body` with zeros.
  public func withBytes<Result>(
    of x: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try [UInt8](repeating: 0, count: x.count * x.element.byteCount).withUnsafeBytes(body)
  }

  /// Counts the same numbers in another element type.
  public func cast(_ x: Tensor, to element: ElementType) -> Tensor { make(x.shape, element) }

  /// Always true.
  public func allFinite(_ x: Tensor) -> Bool { true }
}
