public import EditJobs
import Files
import Foundation

/// What a trajectory file says of itself: everything is a function of the unit's key, but for the
/// fingerprint, which says whose arithmetic made it.
public struct TrajectoryHeader: Sendable, Hashable, Codable {
  /// The version of the format.
  public static let currentFormat = 1
  /// Bytes of a header in a file.
  static let byteCount = 4096
  static let magic = Array("P2PTRAJ1".utf8)

  /// The version of the format.
  public var format = currentFormat
  /// The unit.
  public var key: Key
  /// Mode, revision, kernels; another one means that the records cannot be gone on from.
  public var fingerprint: String
  /// Channels, height and width of the latents.
  public var latents: [Int]
  /// Tokens, rows and columns of the running sum of maps.
  public var sums: [Int]
  /// The attention sites in call order, as the injected counts are stored.
  public var sites: [String]
  /// Passes of the whole run; the file is complete with one record more.
  public var passes: Int
  /// Records before `x_0`, those of a photograph's inversion; absent where there are none.
  public var inversion: Int?

  /// Describes a trajectory.
  public init(
    key: Key, fingerprint: String, latents: [Int], sums: [Int], sites: [String], passes: Int,
    inversion: Int? = nil
  ) {
    (self.key, self.fingerprint, self.latents) = (key, fingerprint, latents)
    (self.sums, self.sites, self.passes) = (sums, sites, passes)
    self.inversion = inversion
  }

  /// The number of the first record: 0, or below it where a photograph is inverted first.
  public var firstPass: Int { -(inversion ?? 0) }

  /// Whether another unit's records may be copied under this header: all but the key is equal.
  public func fits(_ other: TrajectoryHeader) -> Bool {
    var same = other
    same.key = key
    return same == self
  }

  var latentCount: Int { latents.reduce(1, *) }
  var sumCount: Int { sums.reduce(1, *) }

  /// The bytes that begin a file: magic, length of the JSON, JSON, zeros, CRC-32.
  func encoded() throws -> [UInt8] {
    let json = Array(try CanonicalJSON(self).text.utf8)
    guard json.count <= Self.byteCount - 16 else {
      throw EditError(
        "trajectory-header", .software, "a trajectory header takes \(json.count) bytes")
    }
    var bytes = Self.magic
    bytes.append(littleEndian: UInt32(json.count))
    bytes += json
    bytes += [UInt8](repeating: 0, count: Self.byteCount - 4 - bytes.count)
    bytes.append(littleEndian: Checksum.crc32(bytes))
    return bytes
  }

  /// Reads a header and its checksum; `nil` where any byte of it is wrong.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> (TrajectoryHeader, checksum: UInt32)? {
    guard bytes.count >= byteCount else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: bytes[..<(byteCount - 4)])
    let checksum = bytes.uint32(at: byteCount - 4)
    let length = Int(bytes.uint32(at: 8))
    guard head.starts(with: magic), Checksum.crc32(head) == checksum, length <= byteCount - 16,
      let header = try? JSONDecoder().decode(
        TrajectoryHeader.self, from: Data(bytes[12..<(12 + length)])),
      header.format == currentFormat, header.passes >= 0,
      header.inversion.map({ (1...65_536).contains($0) }) ?? true,
      (header.latents + header.sums).allSatisfy({ (0...65_536).contains($0) }),
      header.latents.count == 3, header.sums.count == 3
    else { return nil }
    return (header, checksum)
  }
}

extension [UInt8] {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  mutating func append(_ values: [Float]) {
    values.withUnsafeBytes { append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  func uint32(at offset: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
