import EditJobs
import Files
import Foundation
import SiblingPrograms

/// What `p2p-worker inspect` says of this machine.
enum MachineInspection {
  /// What there is for native numerics.
  ///
  /// - Throws: `worker-missing`, `inspect-failed`.
  static func native() async throws -> NativeSupport {
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
