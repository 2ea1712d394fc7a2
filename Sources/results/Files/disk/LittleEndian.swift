/// Integers and numbers as files have them, whatever the machine: the lowest byte first.
extension [UInt8] {
  /// Adds an integer, its lowest byte first.
  public mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Adds numbers as the machine has them, which is little-endian.
  public mutating func append(_ values: [Float]) {
    values.withUnsafeBytes { append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  /// The integer whose lowest byte stands at an offset; no alignment is needed.
  public func uint32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
