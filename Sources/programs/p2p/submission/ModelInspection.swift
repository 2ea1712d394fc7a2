import EditJobs
import Files
import Foundation
import HubCache
import JobStore
import Planner
import SiblingPrograms
import Subprocess

/// What `p2p-worker inspect` says of a model, remembered in the job table.
enum ModelInspection {
  private struct Failure: Decodable { var error: EditError }

  /// What there is to know of a model at a size, or at the model's own where it is `nil`.
  ///
  /// What is remembered counts while every file that was read or looked for is what it was.
  /// - Parameters:
  ///   - store: remembers answers; `nil` where there is no job table.
  ///   - remembers: whether a new answer is written down.
  /// - Throws: what the worker says is wrong with the model; `worker-missing`.
  static func inspection(
    of folder: String, size: PictureSize?, store: JobStore?, remembers: Bool
  ) async throws -> Inspection {
    // The worker takes height before width, as tensors do.
    let size = size.map { "\($0.height)x\($0.width)" }
    let asked = size ?? "default"
    if let known = try store?.inspection(folder: folder, size: asked),
      known.isCurrent(cache: Models.cache.path)
    {
      return known
    }
    let found = try await inspect(folder, size: size)
    if remembers, found.isLasting {
      try store?.setInspection(folder: folder, size: asked, found, now: WallClock.now)
    }
    return found
  }

  private static func inspect(_ folder: String, size: String?) async throws -> Inspection {
    var arguments = ["inspect", folder]
    if let size { arguments += ["--size", size] }
    let record = try await { [arguments] in
      do {
        return try await Subprocess.run(
          try SiblingProgram(named: "p2p-worker").executable, arguments: Arguments(arguments),
          input: .none,
          output: .string(limit: 1 << 22), error: .string(limit: 1 << 20))
      } catch let error as EditError {
        throw error
      } catch {
        throw EditError(
          "worker-missing", .unavailable, "p2p-worker cannot be run: \(error)",
          hint: "install it beside p2p, or put it in PATH")
      }
    }()
    let answer = Data(record.standardOutput.utf8)
    if let found = try? JSONDecoder().decode(Inspection.self, from: answer) { return found }
    if let failure = try? JSONDecoder().decode(Failure.self, from: answer) { throw failure.error }
    let words = record.standardError.split(separator: "\n").suffix(5).map(String.init)
    throw EditError(
      "inspect-failed", .software,
      "p2p-worker inspect \(folder) ended with \(record.terminationStatus)", details: words)
  }
}
