import Files

/// An array in NumPy's file format, version 1.0, of little-endian float32 in C order.
///
/// The format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public struct NumpyArray: Sendable, Hashable {
  /// The length of every axis.
  public let shape: [Int]
  /// The numbers, row-major.
  public let values: [Float]

  /// Takes numbers of a shape.
  public init(shape: [Int], values: [Float]) {
    precondition(values.count == shape.reduce(1, *), "values of another shape")
    (self.shape, self.values) = (shape, values)
  }

  /// The file: magic, version, length of the header, header padded to a multiple of 64, numbers.
  public var bytes: [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    let preamble = 10
    while (preamble + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes.append(littleEndian: UInt16(header.utf8.count))
    bytes += Array(header.utf8)
    for value in values { bytes.append(littleEndian: value.bitPattern) }
    return bytes
  }
}
