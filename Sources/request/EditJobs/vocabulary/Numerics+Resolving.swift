public import Files

extension Numerics {
  /// Whose kernels compute: `portable`, or the native kernels' names. A worker serves one of them.
  public var backend: String { kernels ?? mode.rawValue }

  /// What a mode means for workers on machines that have this; `nil` where nobody has looked.
  ///
  /// - Throws: `native-bf16` (65), `native-unavailable` (69).
  public static func resolved(
    _ mode: Mode, compute: ComputeType, native: NativeSupport?
  ) throws(EditError) -> Numerics {
    guard mode == .native else { return Numerics() }
    try mode.check(compute)
    switch native {
    case .kernels(let name): return Numerics(mode: .native, kernels: name)
    case .missing(let reason): throw NativeSupport.unavailable(reason)
    case nil: throw NativeSupport.unavailable("nobody has looked for it")
    }
  }

  /// What `native` was taken for, for people; `nil` in portable mode.
  public var remark: String? { kernels.map { "numerics native is \($0)" } }
}

extension Numerics.Mode {
  /// Throws `native-bf16` (65) where the mode does not compute in a type.
  public func check(_ compute: ComputeType) throws(EditError) {
    guard self == .native, compute != .f32 else { return }
    throw EditError(
      "native-bf16", .data, "native numerics compute in f32 alone, not in \(compute.rawValue)",
      hint: "--dtype f32, or --numerics portable")
  }
}
