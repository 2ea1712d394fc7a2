import EditJobs
import Files
import Glibc
public import RunMeasures

/// Appends records to a unit's trajectory, in a file that this attempt alone writes.
///
/// An attempt copies the good records that it found into a new file, syncs it, renames it over the
/// old one and syncs the folder: a stale worker goes on writing where nobody reads. Not thread-safe:
/// one thread computes and writes.
public final class TrajectoryWriter {
  /// What the file says of itself.
  public let header: TrajectoryHeader
  /// The last record; `nil` while not even `x_0` is written.
  public private(set) var last: TrajectoryRecord?
  /// The records that were found when the attempt began, less one; `nil` for none.
  public let resumedPass: Int?

  private let file: OpenFile
  private var offset: Int
  private var checksum: UInt32
  private(set) var isDirty = false
  private var isBroken = false

  /// Begins an attempt.
  ///
  /// Records that stand in the unit's file under an equal header are kept. Where they do not reach so
  /// far, the records of `trunk` up to `pass` are taken instead, chained anew under this header: a
  /// forked, a resumed and a straight file are equal bytes. Throws `FileError`, or `EditError` with
  /// the code `trunk-missing` where the trunk's file does not reach the fork.
  public init(
    _ unit: UnitFolder, _ header: TrajectoryHeader, trunk: (path: String, pass: Int)? = nil
  ) throws {
    self.header = header
    let start = try Self.beginning(unit, header, trunk)
    var bytes = try header.encoded()
    checksum = Checksum.crc32(bytes.dropLast(4).map { $0 })
    for place in start?.places ?? [] {
      let sealed = RecordCoding.sealed(Array(place), after: checksum)
      bytes += sealed.bytes
      checksum = sealed.1
    }
    CrashPoint.pass("trajectory-begin.before")
    file = try DurableFile.publish(
      to: unit.trajectory, permissions: 0o666, sync: true
    ) { try $0.write(bytes, at: 0) }
    CrashPoint.pass("trajectory-begin.after")
    offset = bytes.count
    last = start?.last
    resumedPass = start?.last.pass
  }

  /// Writes a record, by one call at a known place; throws `FileError` and then leaves the file as it
  /// was before.
  public func append(_ record: TrajectoryRecord) throws {
    precondition(
      record.pass == (last.map { $0.pass + 1 } ?? header.firstPass),
      "records come one after the other")
    guard !isBroken else { throw FileError("pwrite", file.path, EIO) }
    let sealed = RecordCoding.sealed(RecordCoding.encoded(record, header), after: checksum)
    CrashPoint.pass("trajectory-append.before")
    do {
      try file.write(sealed.bytes, at: offset)
    } catch {
      isBroken = true
      try? file.truncate(to: offset)
      throw error
    }
    offset += sealed.bytes.count
    (checksum, last, isDirty) = (sealed.1, record, true)
    CrashPoint.pass("trajectory-append.after")
  }

  /// Starts to bring what was written to the disk.
  func startSync() { if isDirty { file.startSync() } }

  /// Waits until every record is on the disk; throws `FileError`, after which nothing more can be
  /// written: the next attempt makes a new file.
  public func sync() throws {
    guard !isBroken else { throw FileError("fdatasync", file.path, EIO) }
    guard isDirty else { return }
    do {
      try file.syncData()
    } catch {
      isBroken = true
      throw error
    }
    isDirty = false
  }

  private struct Beginning {
    var places: [ArraySlice<UInt8>]
    var last: TrajectoryRecord
  }

  private static func beginning(
    _ unit: UnitFolder, _ header: TrajectoryHeader, _ trunk: (path: String, pass: Int)?
  ) throws -> Beginning? {
    let own = try reader(unit.trajectory).flatMap { $0.header == header ? $0 : nil }
    if let trunk, (own?.pass ?? header.firstPass - 1) < trunk.pass {
      guard let other = try reader(trunk.path), other.header.map(header.fits) == true,
        let beginning = records(other, through: trunk.pass)
      else {
        throw EditError(
          "trunk-missing", .temporary,
          "\(trunk.path) does not reach pass \(trunk.pass), where \(header.key.short) parts from it"
        )
      }
      return beginning
    }
    return own.flatMap { own in own.pass.flatMap { records(own, through: $0) } }
  }

  private static func reader(_ path: String) throws -> TrajectoryReader? {
    do {
      return try TrajectoryReader(path: path)
    } catch let error as FileError where error.isMissing {
      return nil
    }
  }

  private static func records(_ reader: TrajectoryReader, through pass: Int) -> Beginning? {
    guard let last = reader.record(pass) else { return nil }
    let places = reader.places[...(pass - reader.firstPass)]
    return Beginning(places: places.map { reader.bytes[$0] }, last: last)
  }
}
