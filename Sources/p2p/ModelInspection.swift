import EditJobs
import Foundation
import JobStore
import Planner
import SiblingPrograms
import Subprocess

/// What `p2p-worker inspect` says of a model folder, remembered in the job table.
enum ModelInspection {
  private struct Failure: Decodable { var error: EditError }

  /// The facts of a model at a size (`HxW`, or the model's own where `nil`).
  ///
  /// - Parameters:
  ///   - store: remembers facts; `nil` where there is no job table.
  ///   - remembers: whether new facts are written down.
  /// - Throws: what the worker says is wrong with the folder; `worker-missing`.
  static func facts(
    of folder: String, size: PictureSize?, store: JobStore?, remembers: Bool
  ) async throws -> ModelFacts {
    let stamps = try stamps(of: folder)
    // The worker takes height before width, as tensors do.
    let size = size.map { "\($0.height)x\($0.width)" }
    let asked = size ?? "default"
    if let known = try store?.inspection(folder: folder, size: asked, stamps: stamps) {
      return known
    }
    let facts = try await inspect(folder, size: size)
    if remembers {
      try store?.setInspection(
        folder: folder, size: asked, stamps: stamps, facts, now: WallClock.now)
    }
    return facts
  }

  private static func inspect(_ folder: String, size: String?) async throws -> ModelFacts {
    var arguments = ["inspect", folder]
    if let size { arguments += ["--size", size] }
    let record = try await { [arguments] in
      do {
        return try await Subprocess.run(
          SiblingProgram(named: "p2p-worker").executable, arguments: Arguments(arguments),
          input: .none,
          output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
      } catch {
        throw EditError(
          "worker-missing", .unavailable, "p2p-worker cannot be run: \(error)",
          hint: "install it beside p2p, or put it in PATH")
      }
    }()
    let answer = Data(record.standardOutput.utf8)
    if let facts = try? JSONDecoder().decode(ModelFacts.self, from: answer) { return facts }
    if let failure = try? JSONDecoder().decode(Failure.self, from: answer) { throw failure.error }
    let words = record.standardError.split(separator: "\n").suffix(5).map(String.init)
    throw EditError(
      "inspect-failed", .software,
      "p2p-worker inspect \(folder) ended with \(record.terminationStatus)", details: words)
  }

  /// Path, device, inode, size and time of change of every file: equal stamps, equal files.
  private static func stamps(of folder: String) throws(EditError) -> String {
    let files = ModelPlace(folder).files
    guard !files.isEmpty else {
      throw EditError("model-missing", .missing, "no model at \(folder): it cannot be listed")
    }
    var lines: [String] = []
    for file in files {
      var facts = stat()
      guard stat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      lines.append(
        [
          file, String(facts.st_dev), String(facts.st_ino), String(facts.st_size),
          "\(facts.st_mtim.tv_sec).\(facts.st_mtim.tv_nsec)",
        ].joined(separator: " "))
    }
    return lines.sorted().joined(separator: "\n")
  }
}
