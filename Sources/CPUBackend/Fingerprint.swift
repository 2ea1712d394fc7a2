import CKernels

/// Whose kernels compute on this machine; of which revision they are is `Numerics.currentRevision`.
enum Fingerprint {
  /// Our kernels, whose bits do not depend on the CPU.
  static let portable = "portable"

  /// Our kernels' level and the CPU's name, e.g. `x86-64-v4; AMD EPYC`.
  static var native: String {
    var name = [CChar](repeating: 0, count: 49)
    ck_cpu_name(&name)
    let cpu = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let level = ck_kernel_level().map { String(cString: $0) } ?? ""
    return "\(level); \(cpu.split(separator: " ").joined(separator: " "))"
  }
}
