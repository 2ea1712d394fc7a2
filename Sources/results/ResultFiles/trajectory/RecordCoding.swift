import Files
import RunMeasures

/// A record's bytes: head (magic, pass, bytes of the body, 0), body, checksum, bytes of the body.
enum RecordCoding {
  static let magic: UInt32 = 0x3143_4552  // "REC1"
  static let headCount = 16
  static let tailCount = 8
  /// How many counters there are, and how many tensors.
  static let countsCount = 8
  /// What stands before a named tensor's numbers at most: its name of up to 40 bytes, up to 4 axes, and
  /// the lengths of both.
  static let tensorHeadCount = 64

  /// Head and body.
  static func encoded(_ record: TrajectoryRecord, _ header: TrajectoryHeader) -> [UInt8] {
    precondition(record.latents.count == header.latentCount, "latents of another shape")
    precondition(record.sums.count == header.sumCount, "sums of another shape")
    precondition(record.injected.count == header.sites.count, "counts of other sites")
    var body: [UInt8] = []
    body.append(record.latents)
    body.append(record.sums)
    for count in record.injected { body.append(littleEndian: count) }
    body.append(littleEndian: UInt32(record.counters.count))
    for (name, value) in record.counters.sorted(by: { $0.key < $1.key }) {
      append(name, to: &body)
      body.append(littleEndian: Int64(value))
    }
    body.append(littleEndian: UInt32(record.tensors.count))
    for (name, tensor) in record.tensors.sorted(by: { $0.key < $1.key }) {
      append(name, to: &body)
      body.append(littleEndian: UInt32(tensor.shape.count))
      for axis in tensor.shape { body.append(littleEndian: UInt32(axis)) }
      body.append(tensor.values)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headCount + body.count + tailCount)
    bytes.append(littleEndian: magic)
    bytes.append(littleEndian: Int32(record.pass))
    bytes.append(littleEndian: UInt32(body.count))
    bytes.append(littleEndian: UInt32(0))
    return bytes + body
  }

  /// Adds checksum and length to head and body.
  static func sealed(_ bytes: [UInt8], after checksum: UInt32) -> (bytes: [UInt8], UInt32) {
    let own = Checksum.crc32(bytes, after: checksum)
    var result = bytes
    result.append(littleEndian: own)
    result.append(littleEndian: UInt32(bytes.count - headCount))
    return (result, own)
  }

  /// The whole length of the record that should begin here, from its head alone; `nil` for none.
  static func length(_ head: UnsafeRawBufferPointer, pass: Int) -> Int? {
    guard head.count >= headCount, head.uint32(at: 0) == magic, self.pass(head) == pass,
      head.uint32(at: 12) == 0
    else { return nil }
    return headCount + Int(head.uint32(at: 8)) + tailCount
  }

  /// A record's number, from its head alone.
  static func pass(_ head: UnsafeRawBufferPointer) -> Int? {
    head.count >= headCount ? Int(Int32(bitPattern: head.uint32(at: 4))) : nil
  }

  private static func append(_ name: String, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(name.utf8.count))
    bytes.append(contentsOf: name.utf8)
  }
}

/// Takes a record's body apart; `nil` wherever it does not fit the header.
struct RecordDecoder {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  static func decode(_ bytes: UnsafeRawBufferPointer, pass: Int, _ header: TrajectoryHeader)
    -> TrajectoryRecord?
  {
    var decoder = RecordDecoder(bytes: bytes)
    return decoder.record(pass: pass, header)
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private mutating func record(pass: Int, _ header: TrajectoryHeader) -> TrajectoryRecord? {
    guard let latents = floats(header.latentCount), let sums = floats(header.sumCount) else {
      return nil
    }
    var record = TrajectoryRecord(pass: pass, latents: latents, sums: sums, injected: [])
    for _ in header.sites {
      guard let count = uint32() else { return nil }
      record.injected.append(count)
    }
    guard let counters = uint32() else { return nil }
    for _ in 0..<counters {
      guard let name = name(), let value = int64() else { return nil }
      record.counters[name] = Int(value)
    }
    guard let tensors = uint32() else { return nil }
    for _ in 0..<tensors {
      guard let name = name(), let tensor = tensor() else { return nil }
      record.tensors[name] = tensor
    }
    return place == bytes.count ? record : nil
  }

  private mutating func tensor() -> TrajectoryRecord.NamedTensor? {
    guard let rank = uint32(), rank <= 8 else { return nil }
    var shape: [Int] = []
    for _ in 0..<rank {
      guard let axis = uint32(), axis <= 65_536 else { return nil }
      shape.append(Int(axis))
    }
    var count = 1
    for axis in shape {
      count *= axis
      guard count <= bytes.count else { return nil }
    }
    return floats(count).map { TrajectoryRecord.NamedTensor(shape: shape, values: $0) }
  }

  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, count <= bytes.count - place else { return nil }
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
  }

  private mutating func floats(_ count: Int) -> [Float]? {
    take(4 * count).map { source in
      [Float](unsafeUninitializedCapacity: count) { target, filled in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
        filled = count
      }
    }
  }

  private mutating func uint32() -> UInt32? { take(4)?.uint32(at: 0) }
  private mutating func int64() -> Int64? {
    take(8).map { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
  }
  private mutating func name() -> String? {
    guard let count = uint32(), let text = take(Int(count)) else { return nil }
    return String(validating: text, as: UTF8.self)
  }
}
