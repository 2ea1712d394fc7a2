import Files

/// Makes the bytes of a safetensors file; equal tensors and metadata give equal bytes.
///
/// Tensors stand by size of element, widest first, then by name, so that all are aligned. The header
/// is padded with spaces to a multiple of eight bytes. Writing them to a disk is the caller's.
public struct SafetensorsWriter: Sendable {
  private struct Part: Sendable {
    var name: String
    var type: StoredType
    var shape: [Int]
    var bytes: [UInt8]?

    var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  private var parts: [Part] = []
  private let metadata: [String: String]

  /// Begins a file with the given `__metadata__`.
  public init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// Adds a tensor from its stored bytes; names are unique and sizes fit (`precondition`).
  public mutating func add(_ name: String, _ type: StoredType, shape: [Int], bytes: [UInt8]) {
    precondition(
      bytes.count == shape.reduce(type.byteCount, *), "\(name): \(bytes.count) bytes for \(shape)")
    add(Part(name: name, type: type, shape: shape, bytes: bytes))
  }

  /// Adds a tensor whose bytes the caller writes itself, after `header()` and in `order`; names are
  /// unique (`precondition`).
  public mutating func declare(_ name: String, _ type: StoredType, shape: [Int]) {
    add(Part(name: name, type: type, shape: shape))
  }

  private mutating func add(_ part: Part) {
    precondition(
      part.name != "__metadata__" && !parts.contains { $0.name == part.name },
      "the name \(part.name) is taken")
    parts.append(part)
  }

  /// Adds a float32 tensor.
  public mutating func add(_ name: String, shape: [Int], _ values: [Float]) {
    add(name, .float32, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
  }

  /// The header, then the data of each tensor: written one after the other they are the file.
  ///
  /// `precondition`: no tensor was only declared.
  public func chunks() -> [[UInt8]] {
    let data = sorted.compactMap(\.bytes)
    precondition(data.count == parts.count, "a declared tensor's bytes are the caller's to write")
    return [header()] + data
  }

  /// The tensors' names as their data stands in the file.
  public var order: [String] { sorted.map(\.name) }

  private var sorted: [Part] {
    parts.sorted { ($1.type.byteCount, $0.name) < ($0.type.byteCount, $1.name) }
  }

  /// The whole file.
  public func bytes() -> [UInt8] { Array(chunks().joined()) }

  /// What stands before the data.
  public func header() -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\($0.jsonQuoted(.byNumber)):\($1.jsonQuoted(.byNumber))"
      }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var end = 0
    for part in sorted {
      let shape = part.shape.map(String.init).joined(separator: ",")
      let offsets = "[\(end),\(end + part.byteCount)]"
      fields.append(
        "\(part.name.jsonQuoted(.byNumber)):{\"dtype\":\"\(part.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":\(offsets)}")
      end += part.byteCount
    }
    var json = Array("{\(fields.joined(separator: ","))}".utf8)
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }
}
