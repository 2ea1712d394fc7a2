import Files
import ResultFiles
import RunMeasures

/// The states of an order's source, from its trajectory file, which is read when first asked for.
///
/// Other arithmetic's states count as missing: what is made from a source is of one kind of bits.
final class SourceTrajectory {
  private let source: UnitFolder
  private let fingerprint: String
  private var reader: TrajectoryReader?

  /// Reads the states of a source that must have been made as `fingerprint` says.
  init(_ source: UnitFolder, fingerprint: String) {
    (self.source, self.fingerprint) = (source, fingerprint)
  }

  /// The source's latents after some passes; throws `source-missing` (transient).
  func latents(_ pass: Int) throws -> [Float] {
    guard let latents = try opened().latents(pass) else { throw Self.missing(source) }
    return latents
  }

  /// The source's whole state after some passes; throws `source-missing` (transient).
  func record(_ pass: Int) throws -> TrajectoryRecord {
    guard let record = try opened().record(pass) else { throw Self.missing(source) }
    return record
  }

  /// The whole file; throws `source-missing` (transient) where it is not there, another unit's, or
  /// made by other arithmetic.
  func opened() throws -> TrajectoryReader {
    if let reader { return reader }
    let read = try TrajectoryReader(path: source.trajectory)
    guard let header = read.header, header.key == source.key, header.fingerprint == fingerprint
    else { throw Self.missing(source) }
    reader = read
    return read
  }

  static func missing(_ source: UnitFolder) -> EditError {
    EditError(
      "source-missing", .temporary, "the source's files are not whole: \(source.path)",
      details: ["the source has to be run first"])
  }
}
