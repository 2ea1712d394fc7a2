/// A seed as it is kept: a number, as we write it, or its digits as a text, as programs keep it that have
/// no whole numbers of 64 bits.
@propertyWrapper public struct SeedNumber: Hashable, Codable, Sendable {
  /// The seed.
  public var wrappedValue: UInt64

  /// Takes a seed.
  public init(wrappedValue: UInt64) { self.wrappedValue = wrappedValue }

  /// Reads either form.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let text = try? value.decode(String.self) else {
      wrappedValue = try value.decode(UInt64.self)
      return
    }
    guard let seed = UInt64(text) else {
      throw DecodingError.dataCorruptedError(
        in: value, debugDescription: "\"\(text.prefix(40))\" is no seed")
    }
    wrappedValue = seed
  }

  /// Writes the number.
  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(wrappedValue)
  }
}
