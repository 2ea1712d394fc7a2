import EditJobs
import Files
import Foundation
import JobStore
import SiblingPrograms
import Subprocess

/// `p2p-worker maps` on a source: its attention maps, from the store or made again.
struct MapsWorker {
  /// What the source is.
  let spec: SourceSpec
  private let order: WorkOrder

  /// - Throws: `no-such-target` (66) where the table has no such source.
  init(_ source: Key, store: JobStore, options: StateOptions) throws(EditError) {
    guard let spec = try store.sourceSpec(source), let model = try store.model(of: source) else {
      throw EditError(
        "no-such-target", .missing, "no source s-\(source.short) here", hint: "p2p status")
    }
    self.spec = spec
    order = WorkOrder(
      token: 0, model: model.folder, results: try options.folder.results, sourceKey: source,
      source: spec)
  }

  /// Has it write its maps to what a person named.
  ///
  /// - Throws: what `run` and `UserFile.write` throw.
  func write(_ output: String, _ arguments: [String]) async throws {
    guard case .descriptor = try UserFile.place(output) else {
      return try await run(["--output=\(output)"] + arguments)
    }
    // The worker does not have our descriptors.
    let file = FileManager.default.temporaryDirectory.appending(
      path: "p2p-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try await run(["-o", file.path] + arguments)
    try UserFile.write(Array(try Data(contentsOf: file)), to: output)
  }

  /// Runs it to its end; what the worker says of a failure goes to standard error as it is.
  ///
  /// - Throws: `worker-missing`; `Stop` with the worker's status.
  func run(_ arguments: [String]) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID()).json")
    try JSONEncoder().encode(order).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let record = try await {
      do {
        return try await Subprocess.run(
          try SiblingProgram(named: "p2p-worker").executable,
          arguments: Arguments(["maps", file.path] + arguments),
          input: .none, output: .discarded, error: .string(limit: 1 << 20))
      } catch let error as EditError {
        throw error
      } catch {
        throw EditError(
          "worker-missing", .unavailable, "p2p-worker cannot be run: \(error)",
          hint: "install it beside p2p, or put it in PATH")
      }
    }()
    guard record.terminationStatus.isSuccess else {
      Terminal.note(record.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
      if case .exited(let code) = record.terminationStatus {
        throw Stop(status: ExitStatus(rawValue: code) ?? .software)
      }
      throw Stop(status: .software)
    }
  }
}
