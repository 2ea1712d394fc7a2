import Foundation
import Testing

/// The installed unit under the machine's own systemd, where that is process 1 and we are root.
///
/// The unit runs under a name, a state folder and binaries of its own; nothing of an installed p2p is
/// touched.
@Suite(.serialized) struct RealUnitTests {
  static let canRun: Bool = {
    let first = try? String(contentsOfFile: "/proc/1/comm", encoding: .utf8)
    return first == "systemd\n" && getuid() == 0
      && FileManager.default.fileExists(atPath: "/run/systemd/system")
  }()

  @Test(.enabled(if: canRun, "process 1 is not systemd, or we are not root"))
  func startsSurvivesAKillAndStops() async throws {
    let name = "p2p-test-\(getpid())"
    let folder = "/run/\(name)"
    let unit = "/run/systemd/system/\(name).service"
    defer {
      _ = try? Ran("systemctl", ["stop", name])
      for path in [unit, folder, "/var/lib/\(name)"] {
        try? FileManager.default.removeItem(atPath: path)
      }
      _ = try? Ran("systemctl", ["daemon-reload"])
    }
    let installed = try Ran(
      UnitFileTests.root.appending(path: "script/install").path, [],
      ["DESTDIR": folder, "P2P_BUILD": Built.folder])
    #expect(installed.status == 0, "\(installed.text)")
    try String(
      contentsOfFile: "\(folder)/usr/lib/systemd/system/p2pd.service", encoding: .utf8
    )
    .replacing("/usr/bin/", with: "\(folder)/usr/bin/")
    .replacing("/var/lib/p2p", with: "/var/lib/\(name)")
    .replacing("Directory=p2p\n", with: "Directory=\(name)\n")
    // The user belongs to an installed service.
    .replacing("User=p2p\nGroup=p2p\n", with: "DynamicUser=yes\n")
    .write(toFile: unit, atomically: true, encoding: .utf8)
    #expect(try Ran("systemctl", ["daemon-reload"]).status == 0)

    // Type=notify: this returns when the daemon has said READY.
    let started = try Ran("systemctl", ["start", name])
    #expect(started.status == 0, "\(started.text)\(journal(name))")
    let first = try mainProcess(name)
    #expect(kill(first, SIGKILL) == 0)
    #expect(
      try await wait(20) {
        let next = try mainProcess(name)
        return try next != first && next > 0 && isActive(name)
      }, "it comes back after a kill: \(journal(name))")
    #expect(try Ran("systemctl", ["stop", name]).status == 0)
    let result = try Ran("systemctl", ["show", "-P", "Result", name]).text
    #expect(result == "success\n", "\(result)\(journal(name))")
  }

  private func isActive(_ name: String) throws -> Bool {
    try Ran("systemctl", ["is-active", name]).text == "active\n"
  }

  private func mainProcess(_ name: String) throws -> Int32 {
    let text = try Ran("systemctl", ["show", "-P", "MainPID", name]).text
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }

  private func journal(_ name: String) -> String {
    (try? Ran("journalctl", ["--no-pager", "-n", "20", "-u", name]).text) ?? "no journal"
  }
}
