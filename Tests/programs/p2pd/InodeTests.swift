import EditJobs
import Foundation
import JobStore
import ResultFiles
import Testing

/// A file system that has room for bytes and none for files.
@Suite struct InodeTests {
  /// Runs a program on a small file system of its own, where we may mount one.
  private static func inside(_ disk: String, inodes: Int, filled: Int) -> [String] {
    [
      "/usr/bin/unshare", "--map-root-user", "--mount", "/bin/sh", "-c",
      """
      mount -t tmpfs -o size=256m,nr_inodes=\(inodes) none '\(disk)' || exit 99
      i=0; while [ $i -lt \(filled) ]; do touch '\(disk)'/filler$i 2>/dev/null; i=$((i + 1)); done
      exec "$0" "$@"
      """,
    ]
  }

  static let mayMount: Bool = {
    let ran = try? Ran(
      "unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"])
    return ran?.status == 0
  }()

  @Test(.enabled(if: mayMount), arguments: [true, false])
  func aLackOfInodesIsSaidAndPasses(_ isFull: Bool) async throws {
    let folder = try TemporaryFolder()
    let disk = "\(folder.path)/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let submission = SmallSweep.submission(
      facts: try ResumeTests.facts.get(), folder: ResumeTests.model,
      prompt: "a red circle on a white background", variants: 2, steps: 30)
    try SmallSweep.enqueue(submission, folder.state)
    // Either nothing is left at all, or enough to begin with.
    let filled = isFull ? 400 : 250
    let daemon = try DaemonUnderTest(
      folder.state, ["--embedded", "--results", disk],
      through: Self.inside(disk, inodes: 400, filled: filled))
    let inner = "/proc/\(daemon.pid)/root\(disk)"
    if isFull {
      // Not even the folders can be made.
      #expect(await daemon.ended(within: 20) == 73)
      #expect(await wait { daemon.log.text.contains("no inodes left") }, "\(daemon.log.text)")
      return
    }
    // The rest is taken away, too, while it works.
    #expect(
      await wait {
        let files = try? FileManager.default.contentsOfDirectory(atPath: "\(inner)/sources")
        return files?.isEmpty == false
      }, "\(daemon.log.text)")
    var more = 0
    while FileManager.default.createFile(atPath: "\(inner)/more\(more)", contents: nil) {
      more += 1
    }
    #expect(
      try await wait(30) {
        let pulse = try SmallSweep.read(folder.state) { try $0.pulse() }
        return pulse.pauseReason?.hasPrefix("no room on the disk") == true
          && pulse.pauseReason?.contains("inodes") == true
      }, "\(daemon.log.text)")
    for number in 0..<more { unlink("\(inner)/more\(number)") }
    for number in 0..<filled { unlink("\(inner)/filler\(number)") }
    #expect(await daemon.ended(within: 90) == 0, "\(daemon.log.text)")
    let cells = try SmallSweep.read(folder.state) { try $0.cells(.all) }
    #expect(cells.allSatisfy { $0.state == .done && $0.variant.attempts == 0 })
  }
}
