import EditJobs
import Foundation
import PromptToPrompt
import ResultFiles
import RunMeasures
import Tensors

/// A results folder of its own, in which attempts write trajectories as a worker does.
final class TrajectoryFiles {
  private let root: String
  private let results: ResultFolder
  private let setting: SourceSetting

  init(_ setting: SourceSetting) throws {
    root = FileManager.default.temporaryDirectory.path + "/p2p-samplers-\(UUID().uuidString)"
    (results, self.setting) = (ResultFolder(root), setting)
    try results.create()
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// A new attempt at a unit, or at the fork of another.
  func attempt(
    _ key: Key, trunk: (key: Key, pass: Int)? = nil
  ) throws -> TrajectoryWriter {
    let unit = results.variant(key)
    try unit.create()
    let header = setting.header(key: key, fingerprint: setting.backend.fingerprint)
    return try TrajectoryWriter(
      unit, header, trunk: trunk.map { (results.variant($0.key).trajectory, $0.pass) })
  }

  /// Writes records in one attempt.
  func write(_ records: some Sequence<TrajectoryRecord>, of key: Key) throws {
    let writer = try attempt(key)
    for record in records { try writer.append(record) }
    try writer.sync()
  }

  /// A file's bytes.
  func bytes(_ key: Key) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: results.variant(key).trajectory)))
  }

  /// A file as it stands.
  func reader(_ key: Key) throws -> TrajectoryReader {
    try TrajectoryReader(path: results.variant(key).trajectory)
  }

  /// The latents (C, h, w) after some passes of a unit.
  func latents(_ key: Key, _ pass: Int) throws -> [Float] {
    try reader(key).latents(pass) ?? []
  }
}
