import EditJobs
import Files
import Glibc
import PromptToPrompt
import ResultFiles
import RunMeasures

/// A unit's folder while this process writes there: locked, with a trajectory of its own.
final class UnitAttempt {
  let folder: UnitFolder
  let writer: TrajectoryWriter
  private let lock: UnitLock

  /// Takes the folder and begins, or goes on from what stands there.
  ///
  /// Throws `unit-busy` (transient) where another process writes there, and what the trajectory
  /// throws.
  init(
    _ folder: UnitFolder, _ context: OrderContext, trunk: (path: String, pass: Int)? = nil
  ) throws {
    try folder.create()
    guard let lock = try Self.lock(folder) else {
      throw EditError(
        "unit-busy", .temporary, "another process writes to \(folder.path)",
        hint: "end the other worker, or wait for it")
    }
    self.folder = folder
    self.lock = lock
    folder.removeUnfinished()
    let header = context.setting.header(
      key: folder.key, fingerprint: context.engine.fingerprint, isSource: folder.kind == .source)
    writer = try TrajectoryWriter(folder, header, trunk: trunk)
  }

  /// Where the unit stands; writes its first record where nothing stands yet.
  func begin(_ context: OrderContext) throws -> UnitRun {
    if let last = writer.last {
      context.report.begun(folder.key, at: context.place(after: last.pass))
      return context.setting.unit(from: last)
    }
    context.report.begun(
      folder.key, at: UnitReport.Place(pass: writer.header.firstPass, step: 0))
    let unit = try context.start(of: folder)
    try writer.append(context.setting.record(of: unit))
    return unit
  }

  /// The hash of the unit's manifest where it stands and every file is as it says.
  ///
  /// The trajectory of a finished variant may be gone: it is kept for a while only. A source's is what
  /// others are made from, and must be of the arithmetic that `fingerprint` says.
  static func published(_ folder: UnitFolder, _ fingerprint: String) -> Digest? {
    if folder.kind == .source {
      let header = TrajectoryReader.header(path: folder.trajectory)
      guard header?.key == folder.key, header?.fingerprint == fingerprint else { return nil }
    }
    let evictable: Set = folder.kind == .variant ? ["trajectory.bin"] : []
    guard let manifest = try? Manifest.verify(folder, evictable: evictable) else { return nil }
    return (try? manifest.bytes()).map { Digest(of: $0) }
  }

  /// A worker that was just killed may still hold the lock for a moment.
  private static func lock(_ folder: UnitFolder) throws -> UnitLock? {
    for _ in 0..<40 {
      if let lock = try folder.lock() { return lock }
      usleep(50_000)
    }
    return nil
  }
}
