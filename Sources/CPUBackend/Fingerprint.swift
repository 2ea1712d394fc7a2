import CKernels

/// What decides the bits of a result on this machine.
enum Fingerprint {
  /// Raised whenever a change moves a bit of any operation's result.
  static let revision = 2

  /// Our kernels' revision, e.g. `cpu-2`: their bits do not depend on the CPU.
  static let portable = "cpu-\(revision)"

  /// The portable fingerprint with the kernels' level and the CPU's name.
  static var native: String {
    var name = [CChar](repeating: 0, count: 49)
    ck_cpu_name(&name)
    let cpu = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let level = ck_kernel_level().map { String(cString: $0) } ?? ""
    return "\(portable); \(level); \(cpu.split(separator: " ").joined(separator: " "))"
  }
}
