import EditJobs
import Foundation
import JobStore

/// A sweep on the bundled model, enqueued by the built `p2p`.
enum RealSweep {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let model = root.appending(path: "models/mini-shapes").path
  static let steps = 20

  static let request = [
    "--model", model, "--prompt", "a red circle next to a blue square on a white background",
    "--steps", "\(steps)", "--cfg", "3", "--seed", "7",
  ]
  static let edit = ["--to", "a green circle next to a blue square on a white background"]

  /// One source, twelve variants.
  static let twelve =
    ["sweep", "--name", "twelve", "--no-reprompt"] + request + edit
    + ["--tau", "0.2,0.4,0.6,0.8", "--w", "green=0.5,1,2"]

  /// Runs `p2p` on a state folder. A verb that waits and finds no daemon runs one in the foreground, so
  /// that none is left when it has ended.
  @discardableResult
  static func p2p(
    _ arguments: [String], _ folder: StateFolder, environment: [String: String] = [:]
  ) throws -> Ran {
    try Ran(
      Built.program("p2p"), arguments + (waits(arguments) ? ["--foreground"] : []),
      ["P2P_STATE": folder.path, "P2P_RESULTS": folder.results].merging(environment) { $1 })
  }

  private static func waits(_ arguments: [String]) -> Bool {
    switch arguments.first {
    case "wait", "watch": true
    case "enqueue", "sweep": arguments.contains("--wait") || arguments.contains("--out")
    default: false
    }
  }

  /// The digests of everything that units keep: all but maps and locks, by path.
  static func digests(_ folder: StateFolder) throws -> [String: Digest] {
    var digests: [String: Digest] = [:]
    for kind in ["sources", "variants"] {
      let base = "\(folder.results)/\(kind)"
      let files = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
      for file in files where !file.contains("/maps") && !file.hasSuffix(".lock") {
        var facts = stat()
        guard stat("\(base)/\(file)", &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
          continue
        }
        digests["\(kind)/\(file)"] = Digest(
          of: try Data(contentsOf: URL(filePath: "\(base)/\(file)")))
      }
    }
    return digests
  }

  /// The path of a sweep's file.
  static func file(_ name: String, sweep: String, _ folder: StateFolder) throws -> String {
    let sweeps = try FileManager.default.contentsOfDirectory(atPath: "\(folder.results)/sweeps")
    let found = sweeps.first { $0.hasPrefix(sweep + "-") } ?? ""
    return "\(folder.results)/sweeps/\(found)/\(name)"
  }
}

/// What workers evaluated, as they wrote it down before each record.
struct Ledger {
  struct Line {
    var unit: String
    var pass: Int
    var evaluations: Int
  }

  let path: String

  var lines: [Line] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 3, let pass = Int(parts[1]), let count = Int(parts[2]) else {
        return nil
      }
      return Line(unit: String(parts[0]), pass: pass, evaluations: count)
    }
  }

  var evaluations: Int { lines.reduce(0) { $0 + $1.evaluations } }
  var environment: [String: String] { ["P2P_EVALUATION_LOG": path] }
}
