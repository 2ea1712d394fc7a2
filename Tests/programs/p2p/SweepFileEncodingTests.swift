import EditJobs
import Files
import Foundation
import JobStore
import Testing

/// Sweep files as editors save them.
@Suite struct SweepFileEncodingTests {
  private func dryRun(_ prefix: [UInt8], _ prompt: [UInt8]) throws -> Ran {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/night.yaml"
    let text = "sweep: night\nmodel: \(RealSweep.model)\nto: a green circle\nprompt: a red "
    try Data(prefix + text.utf8 + prompt + [0x0A]).write(to: URL(filePath: path))
    return try RealSweep.p2p(["sweep", path, "--steps", "2", "--dry-run"], folder.state)
  }

  @Test func aByteOrderMarkIsAccepted() throws {
    let ran = try dryRun([0xEF, 0xBB, 0xBF], Array("circle".utf8))
    #expect(ran.status == 0, "\(ran.errors)")
  }

  @Test func latin1IsRefusedWithItsPlace() throws {
    let ran = try dryRun([], Array("caf".utf8) + [0xE9])
    #expect(ran.status == Files.ExitStatus.data.rawValue)
    #expect(ran.errors.contains("night.yaml:4:18: the byte 0xe9 is not UTF-8"), "\(ran.errors)")
  }
}
