import Files
import Foundation
import JobStore
import SiblingPrograms

/// The daemon that does what a verb waits for: whichever serves the folder, else one that the verb
/// starts, which belongs to the folder and goes on when the verb ends.
final class DemandedDaemon {
  private let folder: StateFolder
  private let names: [String]
  private let config: String?
  private let goals: DaemonGoals
  private let clock = ContinuousClock()
  /// The one that we started last.
  private var child: (pid: Int32, started: ContinuousClock.Instant, logged: Int64)?
  /// How many of ours ended soon after they began.
  private var ends = 0
  private var isKnown = false
  private var idleSince: ContinuousClock.Instant?

  /// How long a daemon that was stopped on purpose may take to be started again, as by a service
  /// manager.
  private static let grace = Duration.seconds(5)
  private static let mostEnds = 3

  /// - Parameters:
  ///   - names: what is waited for, by names that stay.
  ///   - config: the settings file that was named.
  init(_ names: [String], in folder: StateFolder, config: String?) {
    (self.names, self.folder, self.config) = (names, folder, config)
    goals = DaemonGoals(folder)
  }

  /// Sees to it that a daemon runs, as long as what is waited for is not settled; to be called again and
  /// again.
  ///
  /// - Throws: `daemon-stopped` (75) where it was stopped on purpose; `daemon-ended` with its last words
  ///   where one that we started cannot go on; `program-missing` (69).
  func attend() throws(EditError) {
    if FolderLock.holder(folder) != nil {
      // Who was stopped and came back has forgotten what it was asked.
      if !isKnown || idleSince != nil { try ask() }
      idleSince = nil
      return
    }
    let now = clock.now
    if let child {
      guard let ended = try ended(child.pid) else {
        // It has not come to its lock yet, or has just let it go.
        return
      }
      self.child = nil
      try judge(ended, child)
    }
    if isKnown, goals.wasStopped() {
      let since = idleSince ?? now
      idleSince = since
      guard since.duration(to: now) >= Self.grace else { return }
      throw EditError(
        "daemon-stopped", .temporary, "p2pd was stopped before the work was settled",
        hint: "p2p wait \(names.joined(separator: " ")) goes on with it")
    }
    try start()
  }

  /// Whether a daemon is there that goes on without us.
  var goesOn: Bool { FolderLock.holder(folder) != nil || child != nil }

  /// Tells whichever daemon serves the folder, and those after it, what is waited for.
  private func ask() throws(EditError) {
    try goals.add(names)
    isKnown = true
  }

  private func start() throws(EditError) {
    let isFirst = !isKnown
    try folder.create()
    try ask()
    Terminal.note(
      (isFirst ? "no p2pd runs on \(folder.path); " : "p2pd is gone; ")
        + "one is started that goes on when this ends (log: \(folder.daemonLog))")
    let logged = Self.size(folder.daemonLog)
    var arguments = [
      "run", "--on-demand", "--state", folder.path, "--results", folder.results, "--log-file",
      folder.daemonLog,
    ]
    if let config { arguments += ["--config", SystemPath.absolute(config)] }
    let pid = try SiblingProgram(named: "p2pd").startDetached(
      arguments, log: folder.daemonLog)
    child = (pid, clock.now, logged)
  }

  /// How a child ended, as `waitpid` says it; `nil` while it runs.
  private func ended(_ pid: Int32) throws(EditError) -> Int32? {
    var status: Int32 = 0
    let result = waitpid(pid, &status, WNOHANG)
    return result == 0 ? nil : result == pid ? status : 0
  }

  /// Decides whether another one is started after the end of ours.
  private func judge(
    _ status: Int32, _ child: (pid: Int32, started: ContinuousClock.Instant, logged: Int64)
  ) throws(EditError) {
    let number = status & 0x7F
    let code = (status >> 8) & 0xFF
    // Else it was done, or another one was faster.
    let isFailure = ![0, ExitStatus.failed.rawValue, ExitStatus.temporary.rawValue].contains(code)
    if number == 0, isFailure {
      throw daemonEnded("ended with status \(code)", ExitStatus(rawValue: code), child.logged)
    }
    ends = child.started.duration(to: clock.now) < .seconds(10) ? ends + 1 : 1
    guard ends >= Self.mostEnds else { return }
    throw daemonEnded(
      number == 0 ? "ended again and again" : "was killed by signal \(number) again and again",
      nil, child.logged)
  }

  private func daemonEnded(
    _ how: String, _ status: ExitStatus?, _ logged: Int64
  ) -> EditError {
    EditError(
      "daemon-ended", status ?? .unavailable, "p2pd \(how) before the work was settled",
      details: Self.lastWords(folder.daemonLog, since: logged), hint: "p2p status")
  }

  private static func size(_ path: String) -> Int64 {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int64(facts.st_size) : 0
  }

  /// The last lines of a log that were written since it had some bytes.
  private static func lastWords(_ path: String, since: Int64) -> [String] {
    guard let file = FileHandle(forReadingAtPath: path) else { return [] }
    let end = size(path)
    // It may have been put aside meanwhile.
    let begin = max(since <= end ? since : 0, end - 4096)
    try? file.seek(toOffset: UInt64(begin))
    guard let data = try? file.readToEnd() else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(5).map(String.init)
  }
}
