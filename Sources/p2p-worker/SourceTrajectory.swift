import EditJobs
import ResultFiles

/// The states of an order's source, from its trajectory file, which is read when first asked for.
final class SourceTrajectory {
  private let source: UnitFolder
  private var reader: TrajectoryReader?

  init(_ source: UnitFolder) { self.source = source }

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

  private func opened() throws -> TrajectoryReader {
    let reader = try reader ?? TrajectoryReader(path: source.trajectory)
    self.reader = reader
    return reader
  }

  static func missing(_ source: UnitFolder) -> EditError {
    EditError(
      "source-missing", .temporary, "the source's files are not whole: \(source.path)",
      details: ["the source has to be run first"])
  }
}
