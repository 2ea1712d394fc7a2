import EditJobs
import Foundation
import ResultFiles
import RunMeasures

/// Files as a program of other numerics would have left them.
enum OtherNumerics {
  /// Rewrites a unit's trajectory: what its header says, and some bits of every record.
  ///
  /// Records after `last` are left out; `nil` keeps them all.
  static func trajectory(
    of original: UnitFolder, as unit: UnitFolder, fingerprint: String, last: Int? = nil
  ) throws {
    let reader = try TrajectoryReader(path: original.trajectory)
    guard var header = reader.header else {
      throw WorkerTrouble(description: "no trajectory at \(original.trajectory)")
    }
    (header.key, header.fingerprint) = (unit.key, fingerprint)
    try unit.create()
    try? FileManager.default.removeItem(atPath: unit.trajectory)
    let writer = try TrajectoryWriter(unit, header)
    for pass in header.firstPass...min(last ?? header.passes, header.passes) {
      guard var record = reader.record(pass) else { continue }
      record.latents = record.latents.map { $0 * 1.001 }
      try writer.append(record)
    }
    try writer.sync()
  }

  /// A finished unit under another key, its trajectory by other arithmetic; returns its manifest's hash.
  static func finished(
    _ original: UnitFolder, as unit: UnitFolder, fingerprint: String
  ) throws -> Digest {
    let names = try Manifest.read(original).files.keys.sorted()
    try trajectory(of: original, as: unit, fingerprint: fingerprint)
    for name in names where original.file(name) != original.trajectory && original != unit {
      let bytes = try Data(contentsOf: URL(filePath: original.file(name)))
      try unit.publish([Array(bytes)], as: unit.file(name))
    }
    let manifest = try Manifest(unit, files: names, pixels: Manifest.read(original).pixels)
    let bytes = try manifest.bytes()
    try unit.publish([bytes], as: unit.manifest)
    return Digest(of: bytes)
  }
}
