/// A safetensors file whose header has been checked: tensors by name, nothing copied.
///
/// A file that passes is consistent: every entry's size is its shape's where its type is known, entries
/// neither overlap nor leave holes, and the last one ends with the file. Numbers themselves are not
/// looked at. The data need not be aligned to their type. An entry of a type that is not known harms
/// nobody who does not ask for it.
public struct SafetensorsFile: Sendable {
  /// One tensor of the file.
  public struct Entry: Sendable, Hashable {
    /// How its numbers are stored, as the file says it.
    public var typeName: String
    /// Length of each axis; empty for a single number.
    public var shape: [Int]
    /// Its bytes, counted from the end of the header.
    public var range: Range<Int>

    /// How its numbers are stored; `nil` for a type that is not known, whose bytes mean nothing here.
    public var type: StoredType? { StoredType(rawValue: typeName) }

    init(typeName: String, shape: [Int], range: Range<Int>) {
      (self.typeName, self.shape, self.range) = (typeName, shape, range)
    }
  }

  /// The file, as errors name it.
  public let name: String
  /// Every tensor by name.
  public let entries: [String: Entry]
  /// The `__metadata__` of the header.
  public let metadata: [String: String]
  private let memory: FileMemory
  private let dataStart: Int

  /// Maps the file at `path` read-only and checks its header before anything else is touched.
  ///
  /// Throws `SafetensorsError`. The file must not be shortened while it is open.
  public init(path: String) throws {
    try self.init(FileMemory(mapping: path), name: path)
  }

  /// Checks bytes that were read by other means; `name` is what errors call them.
  ///
  /// Throws `SafetensorsError`.
  public init(bytes: [UInt8], name: String) throws {
    try self.init(FileMemory(bytes), name: name)
  }

  private init(_ memory: FileMemory, name: String) throws {
    let header = try memory.withBytes { try Header(checking: $0, file: name) }
    (self.memory, self.name, dataStart) = (memory, name, header.dataStart)
    (entries, metadata) = (header.entries, header.metadata)
  }

  /// The names of all tensors, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// The tensor called `key`; throws `SafetensorsError` where there is none.
  public func entry(_ key: String) throws -> Entry {
    guard let entry = entries[key] else {
      throw SafetensorsError(
        file: name, key: key, what: "the file has no such tensor",
        hint: "check that the file is complete and belongs to this component")
    }
    return entry
  }

  /// Calls `body` with the bytes of the tensor called `key`, in its stored type, perhaps unaligned.
  public func withBytes<Result>(
    _ key: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let range = try entry(key).range
    return try memory.withBytes {
      try body(
        UnsafeRawBufferPointer(
          rebasing: $0[dataStart + range.lowerBound..<dataStart + range.upperBound]))
    }
  }
}
