public import Files
import Glibc

/// What verbs wait for, as the daemon that runs on demand reads it: a file of the state folder with one
/// target a line.
///
/// A verb adds what it waits for. The daemon ends when all of it is settled. Who stops a daemon leaves a
/// mark in the place of the targets, by which the verbs that still wait know that it was meant; the next
/// addition takes the mark away.
public struct DaemonGoals: Sendable {
  private static let mark = "stopped"
  private let path: String

  /// The goals of a state folder.
  public init(_ folder: StateFolder) { path = folder.path + "/p2pd.goals" }

  /// The targets, each once.
  public func names() -> [String] {
    var seen: Set<String> = []
    return lines().compactMap(Self.name).filter { seen.insert($0).inserted }
  }

  /// Whether the last daemon was stopped on purpose, and nothing was asked for since.
  public func wasStopped() -> Bool { lines().contains(Self.mark) }

  /// Adds targets that are not there.
  ///
  /// - Throws: `folder-not-writable` (73).
  public func add(_ names: [String]) throws(EditError) {
    try change { lines in
      let known = Set(lines.compactMap(Self.name))
      return lines.filter { $0 != Self.mark }
        + names.filter { !known.contains($0) }.map(Self.line)
    }
  }

  /// Keeps the targets that are still of interest.
  ///
  /// - Throws: `folder-not-writable` (73).
  public func keep(where isOpen: (String) -> Bool) throws(EditError) {
    try change { lines in
      lines.filter { line in Self.name(line).map(isOpen) ?? (line == Self.mark) }
    }
  }

  /// Leaves the mark of a daemon that is stopped on purpose, and no target.
  ///
  /// - Throws: `folder-not-writable` (73).
  public func stop() throws(EditError) { try change { _ in [Self.mark] } }

  /// Takes that mark away: a daemon runs.
  ///
  /// - Throws: `folder-not-writable` (73).
  public func begin() throws(EditError) {
    guard wasStopped() else { return }
    try change { $0.filter { $0 != Self.mark } }
  }

  private func lines() -> [String] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    flock(descriptor, LOCK_SH)
    return Self.lines(of: descriptor)
  }

  private func change(_ body: ([String]) -> [String]) throws(EditError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o660)
    guard descriptor >= 0 else { throw refused(errno) }
    defer { close(descriptor) }
    _ = fchmod(descriptor, 0o660)
    flock(descriptor, LOCK_EX)
    let before = Self.lines(of: descriptor)
    let after = body(before)
    guard after != before else { return }
    let bytes = Array(after.map { $0 + "\n" }.joined().utf8)
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count,
      ftruncate(descriptor, off_t(bytes.count)) == 0
    else { throw refused(errno) }
  }

  private func refused(_ code: Int32) -> EditError {
    EditError(
      "folder-not-writable", .cannotCreate,
      "\(path) cannot be written: \(String(cString: strerror(code)))",
      hint: "--state DIR, or P2P_STATE")
  }

  private static func lines(of descriptor: Int32) -> [String] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    while true {
      let count = pread(descriptor, &buffer, buffer.count, off_t(bytes.count))
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.split(separator: "\n").map(
      String.init)
  }

  /// Targets may have any character: a newline would end the line.
  private static func line(_ name: String) -> String {
    "=" + name.replacingScalars("\\", with: "\\\\").replacingScalars("\n", with: "\\n")
  }

  private static func name(_ line: String) -> String? {
    guard line.unicodeScalars.first == "=" else { return nil }
    var (name, isEscaped) = ("", false)
    for scalar in line.unicodeScalars.dropFirst() {
      if isEscaped {
        name.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        name.unicodeScalars.append(scalar)
      }
    }
    return name
  }
}
