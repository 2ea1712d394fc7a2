public import Files

/// A compute type as people ask for it.
public enum ComputeChoice: String, Sendable, CaseIterable {
  /// bfloat16 where all workers' CPUs are known to have it, else 32-bit floating point.
  case auto
  /// 32-bit floating point.
  case f32
  /// Matrix products of bfloat16 factors.
  case bf16

  /// What it means for workers on these CPUs; none where no daemon has said yet what its workers have.
  ///
  /// Where nothing is known, `bf16` is taken at its word: a worker refuses it where it must. Native
  /// numerics have `f32` alone.
  /// - Throws: `dtype-unavailable` (69) for `bf16` where a CPU is known not to have it; `native-bf16`
  ///   (65).
  public func resolved(
    on cpus: [WorkerCPU], numerics: Numerics.Mode = .portable
  ) throws(EditError) -> ComputeType {
    switch self {
    case .auto where numerics == .native: return .f32
    case .auto: return !cpus.isEmpty && cpus.allSatisfy(\.hasBF16) ? .bf16 : .f32
    case .f32: return .f32
    case .bf16:
      try numerics.check(.bf16)
      guard let lacking = Self.lacking(cpus) else { return .bf16 }
      throw EditError(
        "dtype-unavailable", .unavailable,
        "bf16 needs AVX512-BF16, which \(lacking) does not have",
        details: ["so p2pd wrote down when it started"], hint: "--dtype f32")
    }
  }

  /// What `auto` was taken for and why, for people; `nil` for a type that was asked for by its name.
  public func remark(
    on cpus: [WorkerCPU], numerics: Numerics.Mode = .portable
  ) -> String? {
    guard self == .auto else { return nil }
    if numerics == .native { return "dtype auto is f32: native numerics have no other" }
    if cpus.isEmpty {
      return "dtype auto is f32: no p2pd has written down yet what its workers' CPUs have"
    }
    return Self.lacking(cpus).map { "dtype auto is f32: \($0) does not have AVX512-BF16" }
      ?? "dtype auto is bf16: the workers' CPUs have AVX512-BF16"
  }

  private static func lacking(_ cpus: [WorkerCPU]) -> String? {
    cpus.first { !$0.hasBF16 }.map { cpu in
      "the CPU of \(cpu.place) workers" + (cpu.name.isEmpty ? "" : " (\(cpu.name))")
    }
  }
}
