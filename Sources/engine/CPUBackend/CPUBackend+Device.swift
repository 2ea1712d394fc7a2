import CKernels
public import Tensors

extension CPUBackend {
  /// This CPU for people: the level of our kernels and its own name, e.g. `x86-64-v4; AMD EPYC`.
  public var hardware: String {
    var name = [CChar](repeating: 0, count: 49)
    ck_cpu_name(&name)
    let words = String(
      decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self
    )
    .split(separator: " ")
    let level = ck_kernel_level().map { String(cString: $0) } ?? ""
    return "\(level); \(words.joined(separator: " "))"
  }

  /// Bytes of the weights that are loaded, in the layouts that they are read in.
  public var weightBytes: Int { pool.exactBytes }

  /// Bytes of tensors and working memory that were taken from the system, in use or waiting for the
  /// next tensor; weights are not among them.
  public var heldBytes: Int { pool.heldBytes }

  /// Bytes that a weight would take, in the layout that it is read in.
  public func bytes(ofWeight shape: [Int], element: ElementType, role: WeightRole) -> Int {
    let layout = multiplier.layout(role, shape)
    guard layout != .plain else { return shape.reduce(ElementType.f32.byteCount, *) }
    return PackedWeights.Size(layout, multiplier.element(of: element, layout), shape).bytes
  }

  /// Gives pooled memory that no tensor uses back to the system.
  public func trim() { pool.trim() }

  /// Has another thread do a job between operations; with one thread it is done at once.
  public func aside(_ job: @escaping @Sendable () -> Void) { threads.aside(job) }

  /// Returns when every job of `aside` is done; the calling thread does those that nobody has begun.
  public func finishAside() { threads.finishAside() }
}
