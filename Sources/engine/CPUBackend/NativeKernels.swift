import COpenBLAS

/// The matrix products of OpenBLAS as this machine has them, for native numerics.
///
/// The library is opened when it is first asked for and never linked. Its bits depend on the machine,
/// and its name says on what of it.
public struct NativeKernels: Sendable {
  /// The library, its version, and whose kernels it chose for this CPU, e.g. `OpenBLAS 0.3.21 SkylakeX`.
  public let name: String

  /// Why a machine has none.
  public struct Unavailable: Error, Hashable, CustomStringConvertible {
    /// What was found, in words that follow "native numerics need OpenBLAS: ".
    public let description: String
  }

  /// Opens the library, once in a process, and has it make products whose results are known.
  ///
  /// It changes the environment, so it is called before other threads read that. Throws where there is
  /// no library, a build whose threads are not ours to rule, or kernels that compute wrongly here.
  public static func open() throws(Unavailable) -> NativeKernels { try opened.get() }

  private static let opened: Result<NativeKernels, Unavailable> = {
    if let reason = cob_open() {
      return .failure(Unavailable(description: String(cString: reason)))
    }
    let words = text(cob_config()).split(separator: " ").prefix(2) + [text(cob_core())[...]]
    let name = words.joined(separator: " ")
    guard let wrong = ProductCheck.all.first(where: { !$0.isMadeRightly }) else {
      return .success(NativeKernels(name: name))
    }
    return .failure(
      Unavailable(description: "\(name) computes a product of \(wrong) wrongly on this CPU"))
  }()

  private static func text(_ words: UnsafePointer<CChar>?) -> String {
    words.map { String(cString: $0) } ?? ""
  }
}

/// A product of a size at which kernels take different ways, against sums in double precision: builds
/// of the library that are older than a CPU were seen to choose kernels that compute wrongly on it.
private struct ProductCheck: CustomStringConvertible {
  let rows, outputs, depth: Int

  /// Whole tiles, edges of each side, one row, sums of several blocks.
  static let all = [
    ProductCheck(rows: 64, outputs: 96, depth: 128),
    ProductCheck(rows: 77, outputs: 70, depth: 131),
    ProductCheck(rows: 1, outputs: 40, depth: 1_000), ProductCheck(rows: 5, outputs: 3, depth: 7),
    ProductCheck(rows: 33, outputs: 17, depth: 1_024),
  ]

  var description: String { "\(rows)×\(outputs)×\(depth)" }

  /// Whether every number lies within the rounding of its sum, set first and added to then.
  var isMadeRightly: Bool {
    let x = (0..<rows * depth).map { Float($0 &* 7_919 % 251) / 125 - 1 }
    let w = (0..<outputs * depth).map { Float($0 &* 6_007 % 241) / 120 - 1 }
    var y = [Float](repeating: .nan, count: rows * outputs)
    for adds: Int32 in 0...1 {
      cob_multiply(x, rows, depth, w, outputs, depth, depth, &y, outputs, adds)
    }
    return y.indices.allSatisfy { place in
      let (row, output) = place.quotientAndRemainder(dividingBy: outputs)
      var (sum, size) = (0.0, 0.0)
      for i in 0..<depth {
        let product = Double(x[row * depth + i]) * Double(w[output * depth + i])
        (sum, size) = (sum + product, size + abs(product))
      }
      return abs(Double(y[place]) - 2 * sum) <= 2e-6 * size
    }
  }
}
