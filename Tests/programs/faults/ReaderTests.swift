import Foundation
import Testing

/// The C readers of pictures under AddressSanitizer, with files that are cut and flipped everywhere.
@Suite struct ReaderTests {
  private struct Ran {
    var status: Int32
    var output: String
    var errors: String
  }

  private func run(_ arguments: [String]) throws -> Ran {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    let folder = FileManager.default.temporaryDirectory.appending(path: "readers-\(UUID())")
    let (output, errors) = (folder.path + ".out", folder.path + ".err")
    for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
    defer { for path in [output, errors] { try? FileManager.default.removeItem(atPath: path) } }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    return Ran(
      status: process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: String(decoding: try Data(contentsOf: URL(filePath: errors)), as: UTF8.self))
  }

  @Test func damagedFilesTouchNothingOutside() throws {
    let root = RealSweep.root
    func files(_ folder: String, _ suffixes: [String]) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        .filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted()
        .map { root.appending(path: "\(folder)/\($0)").path }
    }
    let program = "/tmp/p2p-readers-\(getpid())"
    defer { unlink(program) }
    let sources = try ["CJPEG", "CPNG"].flatMap { try files("Sources/c/\($0)", [".c"]) }
    let built = try run(
      [
        "clang", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-w",
        "-o", program, root.appending(path: "Tests/Shim/readers.c").path,
      ] + ["CJPEG", "CPNG"].map { "-I\(root.path)/Sources/c/\($0)/include" } + sources + [
        "-ljpeg", "-lpng", "-lz",
      ])
    try #require(built.status == 0, "clang: \(built.errors.suffix(2000))")

    let pictures = try files("Tests/Fixtures/photos", [".jpg", ".png"])
    #expect(pictures.count >= 8)
    let ran = try run([program, "4000"] + pictures)
    #expect(ran.status == 0, "\(ran.errors.suffix(4000))")
    let counts = ran.output.split(separator: " ").compactMap { Int($0) }
    #expect(counts.count == 2 && counts.allSatisfy { $0 > 1000 }, "\(ran.output)")
  }
}
