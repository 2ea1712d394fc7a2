import Files
import Foundation

/// A line that is longer than any line of the protocol.
public struct LineTooLong: Error, CustomStringConvertible, Sendable, Hashable {
  /// What happened, for people.
  public var description: String { "a line is longer than \(LineCodec.limit) bytes" }
}

/// Lines of JSON between the daemon and a worker: cuts what arrives into lines, reads and writes them.
///
/// However the bytes arrive, the same lines come out. A line ends with a newline and with nothing
/// else; what stands behind the last newline is no line yet. Nothing is kept of a line that is too
/// long, and the lines behind it come out as ever.
public struct LineCodec: Sendable {
  /// The most bytes of a line, its newline not counted: an order of any size fits.
  public static let limit = 64 << 20

  private static let newline = UInt8(ascii: "\n")

  /// The beginning of a line whose end has not arrived.
  private var begun: [UInt8] = []
  /// Whether the rest of a line that is too long is passed over.
  private var isPassingOver = false

  /// Begins with no bytes.
  public init() {}

  /// The lines that some more bytes complete, without their newlines; in the place of a line that is
  /// too long, the error that says so.
  public mutating func lines(adding bytes: [UInt8]) -> [Result<[UInt8], LineTooLong>] {
    var found: [Result<[UInt8], LineTooLong>] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: Self.newline) {
      take(rest[..<end], &found)
      if !isPassingOver { found.append(.success(begun)) }
      (begun, isPassingOver) = ([], false)
      rest = rest[(end + 1)...]
    }
    take(rest, &found)
    return found
  }

  private mutating func take(
    _ part: ArraySlice<UInt8>, _ found: inout [Result<[UInt8], LineTooLong>]
  ) {
    guard !isPassingOver else { return }
    guard begun.count + part.count <= Self.limit else {
      (begun, isPassingOver) = ([], true)
      return found.append(.failure(LineTooLong()))
    }
    begun += part
  }

  /// A value as a line with its newline.
  ///
  /// The members are sorted, and what would act on a terminal is written as an escape.
  ///
  /// - Throws: `LineTooLong`; what the value's own encoding throws.
  public static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    let line = Array(text.displayedJSON.utf8)
    guard line.count <= limit else { throw LineTooLong() }
    return line + [newline]
  }

  /// Reads a line without its newline.
  ///
  /// - Throws: what is wrong with it, as `JSONDecoder` says it.
  public static func value<Value: Decodable>(_ type: Value.Type, of line: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(line))
  }
}
