import CKernels
import Tensors

/// How the numbers of packed weights are stored.
enum PanelElement {
  /// As they are multiplied.
  case f32
  /// As a checkpoint has them; products widen them.
  case f16, bf16
  /// Rounded to bfloat16 and two by two, for products of such factors.
  case pairs

  /// What a checkpoint's weights become.
  init(_ stored: ElementType, _ layout: WeightLayout, _ products: ProductPrecision) {
    switch (products, layout.element(of: stored)) {
    case (.bf16, _): self = .pairs
    case (.f32, .f16): self = .f16
    case (.f32, .bf16): self = .bf16
    case (.f32, .f32): self = .f32
    }
  }

  /// The element of what is packed while it is multiplied: keys and values.
  init(_ products: ProductPrecision) { self = products == .bf16 ? .pairs : .f32 }

  /// The element type of as many bytes.
  var stored: ElementType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16, .pairs: .bf16
    }
  }

  /// The same, as products are told.
  var ofProduct: ck_element {
    switch self {
    case .f32: CK_F32
    case .f16: CK_F16
    case .bf16: CK_BF16
    case .pairs: CK_PAIRS
    }
  }

  /// Bytes of a panel matrix of so many outputs, each with `taps` runs of `inputs` numbers.
  func bytes(outputs: Int, taps: Int, inputs: Int) -> Int {
    switch self {
    case .f32: 4 * ck_packed_count(outputs, taps * inputs)
    case .f16, .bf16: 2 * ck_packed_count(outputs, taps * inputs)
    case .pairs: 2 * ck_pairs_count(outputs, taps, inputs)
    }
  }

  /// Stores panels that were packed in float32.
  func store(
    _ panels: UnsafePointer<Float>, outputs: Int, taps: Int, inputs: Int,
    _ to: UnsafeMutableRawPointer
  ) {
    if self == .pairs {
      ck_pack_pairs(panels, outputs, taps, inputs, to.assumingMemoryBound(to: UInt16.self))
    } else {
      narrow(panels, ck_packed_count(outputs, taps * inputs), to)
    }
  }

  /// Stores numbers as they lie; not for pairs.
  func narrow(_ numbers: UnsafePointer<Float>, _ count: Int, _ to: UnsafeMutableRawPointer) {
    switch self {
    case .f32: to.copyMemory(from: numbers, byteCount: 4 * count)
    case .f16: ck_f32_to_f16(numbers, to.assumingMemoryBound(to: UInt16.self), count)
    case .bf16: ck_f32_to_bf16(numbers, to.assumingMemoryBound(to: UInt16.self), count)
    case .pairs: preconditionFailure("pairs are packed from panels")
    }
  }
}
