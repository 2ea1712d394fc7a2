import Files
import Glibc
public import RunMeasures

/// A trajectory file as it is: its header and its good records. What is damaged is cut off.
public struct TrajectoryReader: RecordedRun {
  /// What the file says of itself; `nil` where not one byte of it can be believed.
  public let header: TrajectoryHeader?
  /// Good records, `x_0` included.
  public var count: Int { places.count }
  /// The number of the last record, which is the passes that are done, and negative while a photograph
  /// is inverted; `nil` without any record.
  public var pass: Int? { places.isEmpty ? nil : places.count - 1 + firstPass }
  /// The number of the first record: 0, or below it where a photograph is inverted first.
  public var firstPass: Int { header?.firstPass ?? 0 }
  /// Whether something follows the good records: a torn tail, or damage.
  public let isCut: Bool

  let bytes: [UInt8]
  /// Head and body of each record.
  let places: [Range<Int>]
  /// The checksum of the last good record, or the header's.
  let checksum: UInt32

  /// Reads a whole file and checks every record; throws `FileError`.
  public init(path: String) throws {
    self.init(bytes: try OpenFile.contents(of: path))
  }

  /// Checks the bytes of a file.
  public init(bytes: [UInt8]) {
    self.bytes = bytes
    var places: [Range<Int>] = []
    var (header, checksum): (TrajectoryHeader?, UInt32) = (nil, 0)
    bytes.withUnsafeBytes { bytes in
      guard let found = TrajectoryHeader.decode(bytes) else { return }
      (header, checksum) = found
      var start = TrajectoryHeader.byteCount
      let first = found.0.firstPass
      while first + places.count <= found.0.passes,
        let good = Self.record(
          in: bytes, at: start, pass: first + places.count, after: checksum, found.0)
      {
        places.append(start..<(good.end - RecordCoding.tailCount))
        (start, checksum) = (good.end, good.checksum)
      }
    }
    (self.header, self.places, self.checksum) = (header, places, checksum)
    let end = places.last.map { $0.upperBound + RecordCoding.tailCount }
    isCut = (end ?? (header == nil ? 0 : TrajectoryHeader.byteCount)) != bytes.count
  }

  /// Head and body of a record; `nil` where the file does not reach so far.
  func place(_ pass: Int) -> Range<Int>? {
    places.indices.contains(pass - firstPass) ? places[pass - firstPass] : nil
  }

  /// The state after `pass` passes; `nil` where the file does not reach so far.
  public func record(_ pass: Int) -> TrajectoryRecord? {
    guard let header, let body = place(pass)?.dropFirst(RecordCoding.headCount) else { return nil }
    return bytes.withUnsafeBytes {
      RecordDecoder.decode(UnsafeRawBufferPointer(rebasing: $0[body]), pass: pass, header)
    }
  }

  /// The latents after `pass` passes, (channels, height, width); `nil` where the file ends before.
  public func latents(_ pass: Int) -> [Float]? {
    guard let header, let place = place(pass) else { return nil }
    let start = place.lowerBound + RecordCoding.headCount
    return bytes.withUnsafeBytes { bytes in
      [Float](unsafeUninitializedCapacity: header.latentCount) { target, filled in
        let source = bytes[start..<(start + 4 * header.latentCount)]
        UnsafeMutableRawBufferPointer(target).copyBytes(from: source)
        filled = header.latentCount
      }
    }
  }

  /// What a file says of itself, alone; `nil` where it is not there or cannot be believed.
  public static func header(path: String) -> TrajectoryHeader? {
    guard let file = try? OpenFile(path, .read) else { return nil }
    return header(file)
  }

  private static func header(_ file: borrowing OpenFile) -> TrajectoryHeader? {
    let bytes = try? file.read(TrajectoryHeader.byteCount, at: 0)
    return bytes?.withUnsafeBytes { TrajectoryHeader.decode($0)?.0 }
  }

  /// The number of a file's last record, by the heads of its records alone; `nil` where there is none,
  /// or where the file says of itself that it was made by other arithmetic than `fingerprint`.
  ///
  /// Cheap: it reads some bytes a record and checks no sum. Throws nothing: an absent file has none.
  public static func standingPasses(path: String, fingerprint: String? = nil) -> Int? {
    guard let file = try? OpenFile(path, .read), let size = try? file.size() else { return nil }
    if let fingerprint, header(file)?.fingerprint != fingerprint { return nil }
    var (start, next): (Int, Int?) = (TrajectoryHeader.byteCount, nil)
    while let head = try? file.read(RecordCoding.headCount, at: start) {
      let pass = next ?? head.withUnsafeBytes(RecordCoding.pass) ?? 0
      let length = head.withUnsafeBytes { RecordCoding.length($0, pass: pass) }
      guard let length, start + length <= size else { break }
      (start, next) = (start + length, pass + 1)
    }
    return next.map { $0 - 1 }
  }

  private static func record(
    in bytes: UnsafeRawBufferPointer, at start: Int, pass: Int, after checksum: UInt32,
    _ header: TrajectoryHeader
  ) -> (end: Int, checksum: UInt32)? {
    guard start + RecordCoding.headCount <= bytes.count,
      let length = RecordCoding.length(
        UnsafeRawBufferPointer(rebasing: bytes[start...]), pass: pass),
      start + length <= bytes.count
    else { return nil }
    let tail = start + length - RecordCoding.tailCount
    let own = Checksum.crc32(
      UnsafeRawBufferPointer(rebasing: bytes[start..<tail]), after: checksum)
    let body = UnsafeRawBufferPointer(
      rebasing: bytes[(start + RecordCoding.headCount)..<tail])
    guard bytes.uint32(at: tail) == own,
      Int(bytes.uint32(at: tail + 4)) == length - RecordCoding.headCount - RecordCoding.tailCount,
      RecordDecoder.decode(body, pass: pass, header) != nil
    else { return nil }
    return (start + length, own)
  }
}
