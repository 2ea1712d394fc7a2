/// A CPU on which workers compute.
public struct WorkerCPU: Sendable, Hashable {
  /// Whose workers compute there, e.g. `local`.
  public var place: String
  /// The CPU's own name; empty where it has none.
  public var name: String
  /// Whether it multiplies bfloat16 numbers: AVX512-BF16, beside all of x86-64-v4.
  public var hasBF16: Bool
  /// What there is for native numerics; `nil` where nobody has looked.
  public var native: NativeSupport?

  /// Describes a CPU.
  public init(place: String, name: String, hasBF16: Bool, native: NativeSupport? = nil) {
    (self.place, self.name, self.hasBF16, self.native) = (place, name, hasBF16, native)
  }

  /// Reads the text of `/proc/cpuinfo`: instructions count where all of the machine's CPUs have them.
  public init(place: String, cpuinfo: String) {
    let lines = cpuinfo.split(separator: "\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        name: parts[0].split(whereSeparator: \.isWhitespace).joined(separator: " "),
        words: (parts.count > 1 ? parts[1] : "").split(whereSeparator: \.isWhitespace)
      )
    }
    let flags = lines.filter { $0.name == "flags" }.map { Set($0.words) }
    self.init(
      place: place,
      name: lines.first { $0.name == "model name" }?.words.joined(separator: " ") ?? "",
      hasBF16: !flags.isEmpty && flags.allSatisfy(Self.needed.isSubset))
  }

  /// What the products of bfloat16 are made with.
  private static let needed: Set<Substring> = [
    "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_bf16",
  ]
}

extension [WorkerCPU] {
  /// What native numerics are on these machines: the first one's that has kernels, else why one has
  /// none; `nil` where nobody has looked.
  public var native: NativeSupport? {
    let known = compactMap { cpu in cpu.native.map { (place: cpu.place, native: $0) } }
    for case (_, .kernels(let name)) in known { return .kernels(name) }
    for case (let place, .missing(let reason)) in known {
      return .missing("\(reason) (so p2pd found for \(place) workers)")
    }
    return nil
  }
}
