import CKernels
public import Tensors

/// Runs the operations of a model on x86-64 CPUs, in float32.
///
/// All arithmetic is in the C kernels, whose bits do not depend on the CPU, but for the matrix products
/// of a backend with native kernels. The same arguments give the same bits whatever the batch, the
/// place in it and the number of threads.
public final class CPUBackend: Device {
  let pool = BufferPool()
  let threads: WorkerThreads
  let multiplier: any Multiplier

  /// Makes a backend that computes on `threads` threads, the calling one included; the CPU must have
  /// what `products` needs.
  public init(threads: Int, products: ProductPrecision = .f32) {
    precondition(products.isAvailable, "this CPU has no \(products) products")
    self.threads = WorkerThreads(count: max(threads, 1))
    multiplier = PortableProducts(precision: products)
  }

  /// Makes a backend whose matrix products are OpenBLAS's; everything else is as in any other.
  ///
  /// - Parameter wholeCalls: makes one call a thread of a layer's product, which is as fast as the library
  ///   can be, and breaks every promise about bits: for measuring alone.
  public init(threads: Int, native kernels: NativeKernels, wholeCalls: Bool = false) {
    self.threads = WorkerThreads(count: max(threads, 1))
    multiplier = NativeProducts(kernels: kernels, calls: wholeCalls ? max(threads, 1) : nil)
  }

  /// Whose kernels compute: `portable`, or the native ones' name.
  public var fingerprint: String { multiplier.name }

  /// Whether this CPU has what our products are made with, AVX2 and FMA: level x86-64-v3 of the
  /// processor's supplement to the System V interface.
  public static var hasPortableProducts: Bool {
    ck_kernel_level().map { String(cString: $0) } != "x86-64"
  }

  /// Copies float32 numbers in.
  public func upload(_ values: [Float], shape: [Int]) -> Tensor {
    values.withUnsafeBytes { upload($0, shape: shape, element: .f32) }
  }

  /// Copies stored numbers in and keeps their element type (`bf16` becomes `f32`).
  public func upload(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType
  ) -> Tensor {
    let count = Self.checkedCount(bytes, shape, element)
    if element == .bf16 {
      let y = make(shape)
      Self.widen(bytes, element, floats(y), count)
      return y
    }
    let y = make(shape, element)
    UnsafeMutableRawBufferPointer(start: pointer(y), count: bytes.count).copyMemory(from: bytes)
    return y
  }

  /// Brings a checkpoint's numbers into the layout that they are read in: plain ones in float32,
  /// those of products in panels.
  public func weight(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType, role: WeightRole
  ) -> Tensor {
    let count = Self.checkedCount(bytes, shape, element)
    let layout = multiplier.layout(role, shape)
    guard layout == .plain else { return pack(bytes, element, layout, shape) }
    let plain = Tensor(shape, .f32, pool.exact(count * 4))
    Self.widen(bytes, element, floats(plain), count)
    return plain
  }

  /// Copies a tensor's numbers out as float32.
  public func download(_ x: Tensor) -> [Float] {
    [Float](unsafeUninitializedCapacity: x.count) { buffer, count in
      if let base = buffer.baseAddress {
        Self.widen(
          UnsafeRawBufferPointer(start: pointer(x), count: byteCount(x)), x.element, base, x.count)
      }
      count = x.count
    }
  }

  /// Calls `body` with the tensor's bytes, in its own element type.
  public func withBytes<Result>(
    of x: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: pointer(x), count: byteCount(x)))
  }

  // MARK: Memory

  /// A new tensor whose numbers are not set yet.
  func make(_ shape: [Int], _ element: ElementType = .f32) -> Tensor {
    Tensor(shape, element, pool.buffer(shape.reduce(1, *) * element.byteCount))
  }

  /// Working memory of `count` numbers for each thread.
  func scratch(_ count: Int) -> Scratch {
    // Whole cache lines, so that no two threads write to one.
    let stride = (count + 31) / 32 * 32
    return Scratch(memory: pool.buffer(stride * threads.count * 4), stride: stride)
  }

  /// The first number's address.
  func pointer(_ x: Tensor) -> UnsafeMutableRawPointer {
    guard let memory = x.storage as? PooledMemory else {
      preconditionFailure("a tensor of another backend")
    }
    return memory.pointer + x.offset * x.element.byteCount
  }

  /// The first number's address, of a float32 tensor.
  func floats(_ x: Tensor) -> UnsafeMutablePointer<Float> {
    precondition(x.element == .f32, "expected f32, found \(x.element)")
    return pointer(x).assumingMemoryBound(to: Float.self)
  }

  func byteCount(_ x: Tensor) -> Int { x.count * x.element.byteCount }

  private static func checkedCount(
    _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ element: ElementType
  ) -> Int {
    let count = shape.reduce(1, *)
    precondition(
      bytes.count == count * element.byteCount,
      "\(bytes.count) bytes are not \(shape) of \(element)")
    return count
  }

  /// Converts stored numbers to float32.
  static func widen(
    _ bytes: UnsafeRawBufferPointer, _ element: ElementType, _ y: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    guard let base = bytes.baseAddress else { return }
    switch element {
    case .f32: UnsafeMutableRawPointer(y).copyMemory(from: base, byteCount: count * 4)
    case .f16: ck_f16_to_f32(base.assumingMemoryBound(to: UInt16.self), y, count)
    case .bf16: ck_bf16_to_f32(base.assumingMemoryBound(to: UInt16.self), y, count)
    }
  }
}

/// Working memory of one operation, a part for each thread.
struct Scratch {
  let memory: PooledMemory
  let stride: Int

  /// The part of one thread.
  func part(_ thread: Int) -> UnsafeMutablePointer<Float> {
    memory.pointer.assumingMemoryBound(to: Float.self) + thread * stride
  }

  /// The part of one thread, as addresses.
  func addresses(_ thread: Int) -> Runs {
    UnsafeMutableRawPointer(part(thread)).assumingMemoryBound(to: UnsafePointer<Float>?.self)
  }
}
