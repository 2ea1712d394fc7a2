public import EditJobs
import Files
import Foundation
public import Planner
import SiblingPrograms
import Subprocess

/// What `p2p-worker inspect` says of models and of this machine.
public struct WorkerInspector: ModelInspector {
  private struct Failure: Decodable { var error: EditError }

  /// Asks the worker beside this program, or in the PATH.
  public init() {}

  /// Asks the worker of a model.
  ///
  /// - Throws: what the worker says is wrong with the model; `worker-missing`, `inspect-failed`.
  public func model(_ folder: String, size: PictureSize?) async throws -> Inspection {
    var arguments = ["inspect", folder]
    if let size { arguments += ["--size", size.rowsByColumns] }
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

  /// Asks the worker of the machine.
  ///
  /// - Throws: `worker-missing`, `inspect-failed`.
  public func machine() async throws -> NativeSupport {
    let worker = SiblingProgram(named: "p2p-worker")
    let answer: Data?
    do {
      answer = try await worker.answer(["inspect"], within: .seconds(60))
    } catch let error as EditError {
      throw error
    } catch {
      throw EditError(
        "worker-missing", .unavailable, "p2p-worker cannot be run: \(error)",
        hint: "install it beside p2p, or put it in PATH")
    }
    guard let answer, let facts = try? JSONDecoder().decode(MachineFacts.self, from: answer) else {
      throw EditError(
        "inspect-failed", .software, "\(worker.path) inspect does not say what this machine has",
        hint: "\(worker.path) inspect says why")
    }
    return facts.native
  }
}
