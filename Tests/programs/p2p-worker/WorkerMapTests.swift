import EditJobs
import Foundation
import ResultFiles
import Testing

/// Maps are written while a pass goes on; where that fails, the run goes on without them.
@Suite(.serialized) struct WorkerMapTests {
  private static let steps = WorkerResults.steps

  /// One write of the second pass's maps fails.
  @Test(arguments: ["ENOSPC", "EIO"]) func aFailedWriteIsToldOnceAndLeavesThePassesBefore(
    _ code: String
  ) throws {
    let results = WorkerResults()
    let sites = try MapFile(
      source: try Undisturbed.results().source(), pass: 0, numerics: Numerics().text
    ).sites.count
    try results.folder.create()
    let (mark, words) = (results.folder.path + "/mark", results.folder.path + "/words")
    // For each pass its sites and a header.
    let environment = try Shim.failing(
      "pwrite", (sites + 1) + sites / 2, code, mark: mark, below: results.source().maps)
    let file = try results.file(try results.order())
    let program = try WorkerProcess.program().path
    let worker = try WorkerProcess(
      ["-c", "exec \(program) run \(file) 2>\(words)"], program: "/bin/bash",
      environment: environment)
    #expect(try worker.finish().status == 0)
    #expect(FileManager.default.fileExists(atPath: mark))
    let said = try String(contentsOfFile: words, encoding: .utf8)
    #expect(said.split(separator: "\n").count { $0.contains("no more maps of") } == 1, "\(said)")
    let source = try results.source()
    #expect(try names(source.maps) == ["pass-00.safetensors"])
    #expect(try MapFile(source: source, pass: 0, numerics: Numerics().text).sites.count == sites)
    try expectEqual(source, try Undisturbed.results().source())
    // What is not stored is made again.
    let edit = try Undisturbed.edits()[0]
    let (status, events) = try results.run(try results.order([edit]))
    #expect(status == 0)
    #expect(events.reduce(0) { $0 + ($1.evaluations ?? 0) } == 3 * Self.steps - 1)
    try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
  }

  /// A kill in the middle of a pass's maps leaves a file that the next attempt removes.
  @Test func aKillBetweenTwoMapsLeavesNothingForLong() throws {
    let results = WorkerResults()
    let (status, _) = try results.run(
      try results.order(), environment: ["P2P_CRASH": "write.after:40"])
    #expect(status == SIGKILL)
    let source = try results.source()
    #expect(try names(source.maps).count { $0.hasSuffix(".tmp") } == 1)
    #expect(try results.run(try results.order()).status == 0)
    try expectEqual(try results.source(), try Undisturbed.results().source())
    #expect(try names(source.maps).count == Self.steps)
    for pass in 0..<Self.steps {
      let (found, expected) = (
        try Data(contentsOf: URL(filePath: source.maps(pass: pass))),
        try Data(contentsOf: URL(filePath: Undisturbed.results().source().maps(pass: pass)))
      )
      #expect(found == expected, "pass \(pass)")
    }
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }
}
