import EditJobs
import Foundation
import ResultFiles
import RunMeasures

/// A results folder that goes away with the test.
final class TemporaryResults {
  let folder: ResultFolder

  init() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "p2p-\(UUID().uuidString)").path
    folder = ResultFolder(path)
    try folder.create()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  func variant(_ name: String) throws -> UnitFolder {
    let unit = folder.variant(Key(Digest(of: name.utf8)))
    try unit.create()
    return unit
  }

  func source(_ name: String) throws -> UnitFolder {
    let unit = folder.source(Key(Digest(of: name.utf8)))
    try unit.create()
    return unit
  }
}

func readBytes(_ path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(filePath: path)))
}

func writeBytes(_ bytes: [UInt8], to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

extension TrajectoryHeader {
  static func small(_ key: Key, fingerprint: String = "portable 1", passes: Int = 3) -> Self {
    TrajectoryHeader(
      key: key, fingerprint: fingerprint, latents: [1, 2, 2], sums: [2, 1, 1],
      sites: ["down.0.cross", "down.0.self"], passes: passes)
  }
}

extension TrajectoryRecord {
  static func small(_ pass: Int, seed: Float = 0) -> Self {
    TrajectoryRecord(
      pass: pass, latents: (0..<4).map { Float($0) + Float(pass) * 0.5 + seed },
      sums: [Float(pass), -Float(pass)], injected: [UInt32(pass), 7], counters: ["calls": pass - 5],
      tensors: pass == 2 ? ["previous": .init(shape: [1, 2], values: [0.25, -0])] : [:])
  }
}
