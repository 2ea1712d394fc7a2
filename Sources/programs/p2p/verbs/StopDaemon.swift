import ArgumentParser
import Files
import Foundation
import JobStore

/// `p2p stop`: the daemon of a state folder ends at its next step.
struct StopDaemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stops the p2pd of this state folder at its next step.",
    discussion: """
      Its steps are kept: the next p2pd goes on from there, as p2p wait starts one. A p2pd that a \
      service manager runs is stopped there.
      """)

  @OptionGroup var options: StateOptions

  private struct Answer: Encodable {
    var schema = "p2p.stop/1"
    /// The process that was stopped; absent where none ran.
    var process: Int32?
  }

  func run() async throws {
    let folder = try options.folder
    guard FileManager.default.fileExists(atPath: folder.path),
      let holder = RunningDaemon(folder)
    else { return try say(nil, folder) }
    try holder.check()
    try DaemonGoals(folder).stop()
    guard kill(holder.pid, SIGTERM) == 0 || errno == ESRCH else {
      throw EditError(
        "not-allowed", .notAllowed,
        "process \(holder.pid) cannot be stopped: \(String(cString: strerror(errno)))",
        details: ["it belongs to \(holder.owner)"],
        hint: "as that user, or as root")
    }
    Interruption.listen()
    if FolderLock.holder(folder) == holder.pid, !options.json {
      Terminal.note("p2pd (process \(holder.pid)) stops at its next step")
    }
    while FolderLock.holder(folder) == holder.pid {
      try Interruption.check()
      try await Task.sleep(for: .milliseconds(100))
    }
    try say(holder.pid, folder)
  }

  private func say(_ pid: Int32?, _ folder: StateFolder) throws {
    if options.json { return try JSONOutput.print(Answer(process: pid)) }
    try Output.line(
      pid.map { "p2pd (process \($0)) was stopped" } ?? "no p2pd runs on \(folder.path)")
  }
}

/// The process that holds a state folder's lock, as the system describes it.
struct RunningDaemon {
  let pid: Int32

  /// `nil` where no daemon runs.
  init?(_ folder: StateFolder) {
    guard let holder = FolderLock.holder(folder) else { return nil }
    pid = holder
  }

  /// Who may stop it.
  var owner: String {
    var facts = stat()
    guard stat("/proc/\(pid)", &facts) == 0 else { return "another user" }
    guard let entry = getpwuid(facts.st_uid) else { return "user \(facts.st_uid)" }
    return String(cString: entry.pointee.pw_name)
  }

  /// - Throws: `daemon-elsewhere` (69) where the number is not that of a p2pd here; `daemon-service` (77)
  ///   where a service manager runs it.
  func check() throws(EditError) {
    guard pid > 0, read("comm")?.withoutOuterBlanks == "p2pd" else {
      throw EditError(
        "daemon-elsewhere", .unavailable,
        "the p2pd of this folder is not a process that can be seen from here",
        details: ["it says that it is process \(pid)"],
        hint: "stop it where it runs, as in its container")
    }
    guard let (unit, isUser) = service else { return }
    throw EditError(
      "daemon-service", .notAllowed, "p2pd (process \(pid)) runs as the service \(unit)",
      details: ["its manager would count a stop from here as its own end"],
      hint: isUser ? "systemctl --user stop \(unit)" : "sudo systemctl stop \(unit)")
  }

  /// The unit that it is the main process of.
  private var service: (unit: String, isUser: Bool)? {
    let group = read("cgroup")?.split(separator: "\n").first { $0.contains(".service") }
    let parts = group?.split(separator: "/") ?? []
    let unit = parts.last { $0.hasSuffix(".service") }.map(String.init)
    let isMain = read("environ")?.split(separator: "\0").contains("SYSTEMD_EXEC_PID=\(pid)")
    // The environment of another user's process cannot be read.
    guard isMain ?? (unit?.hasPrefix("p2pd") == true) else { return nil }
    return (unit ?? "p2pd.service", parts.contains { $0.hasPrefix("user@") })
  }

  private func read(_ name: String) -> String? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/\(name)") else {
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
