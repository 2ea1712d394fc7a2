import CKernels
import COpenBLAS

/// What decides the bits of a result on this machine.
enum Fingerprint {
  /// Raised whenever a change moves a bit of any operation's result.
  static let revision = 1

  /// Our revision and OpenBLAS's build and kernels, e.g. `cpu-1 OpenBLAS 0.3.21 … Haswell …`.
  static var portable: String {
    let config = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
    return "cpu-\(revision) "
      + config.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The kernels that OpenBLAS chose, e.g. `Haswell`.
  static var coreName: String {
    openblas_get_corename().map { String(cString: $0) } ?? "unknown"
  }

  /// The portable fingerprint with the kernels' names and the CPU's.
  static var native: String {
    var name = [CChar](repeating: 0, count: 49)
    ck_cpu_name(&name)
    let cpu = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let level = ck_kernel_level().map { String(cString: $0) } ?? ""
    return "\(portable); \(coreName); \(level); \(cpu.split(separator: " ").joined(separator: " "))"
  }
}
