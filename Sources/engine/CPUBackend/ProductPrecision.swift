import CKernels

/// What the factors of matrix products are rounded to; sums are float32 either way.
public enum ProductPrecision: String, Sendable {
  /// Not at all.
  case f32
  /// To bfloat16, for CPUs with AVX512-BF16.
  case bf16

  /// Whether this CPU has the instructions.
  public var isAvailable: Bool { self == .f32 || ck_has_bf16() != 0 }
}
