/// How a safetensors file stores one number; raw values are the format's names.
public enum StoredType: String, Sendable, Hashable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"
  /// Eight bits, four of them of the exponent: no infinity, and one NaN of each sign.
  case float8E4M3 = "F8_E4M3"
  /// Eight bits, five of them of the exponent: the upper byte of a float16.
  case float8E5M2 = "F8_E5M2"
  /// `float8E4M3` with a bias of one more, and one NaN in the place of −0.
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  /// `float8E5M2` with a bias of one more, without infinities, and one NaN in the place of −0.
  case float8E5M2FNUZ = "F8_E5M2FNUZ"

  /// Bytes of one number.
  public var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool, .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ: 1
    }
  }
}
