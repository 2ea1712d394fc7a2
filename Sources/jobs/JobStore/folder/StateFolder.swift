public import Files
public import Foundation

/// The two folders of an installation: the state (job table, lock) and the results.
///
/// The state is on a local disk; the results may be on a shared file system.
public struct StateFolder: Sendable, Hashable {
  /// The state folder, absolute.
  public let path: String
  /// The results folder, absolute.
  public let results: String

  /// Takes two folders; relative ones are taken from the working directory.
  public init(path: String, results: String? = nil) {
    self.path = Self.absolute(path)
    self.results = Self.absolute(results ?? self.path + "/results")
  }

  /// The folders that options and environment name.
  ///
  /// State: the option, `$P2P_STATE`, `/var/lib/p2p` where the service is installed (it exists and
  /// may be written), `$XDG_STATE_HOME/p2p`, `~/.local/state/p2p`. Results: the option,
  /// `$P2P_RESULTS`, `results/` in the state folder.
  public static func resolved(
    state: String? = nil, results: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> StateFolder {
    func set(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    func personal() -> String {
      // The XDG specification ignores relative paths.
      if let base = set("XDG_STATE_HOME"), base.hasPrefix("/") { return base + "/p2p" }
      return (set("HOME") ?? NSHomeDirectory()) + "/.local/state/p2p"
    }
    let system = access(systemPath, R_OK | W_OK | X_OK) == 0 ? systemPath : nil
    return StateFolder(
      path: state ?? set("P2P_STATE") ?? system ?? personal(),
      results: results ?? set("P2P_RESULTS"))
  }

  /// Where the service keeps its state.
  public static let systemPath = "/var/lib/p2p"

  /// The log of daemons that verbs start.
  public var daemonLog: String { path + "/p2pd.log" }
  /// The job table.
  public var database: String { path + "/p2p.db" }
  /// Held by the one daemon.
  public var lockFile: String { path + "/p2pd.lock" }
  /// Room that is given up to record that the disk is full.
  public var ballast: String { path + "/ballast" }
  /// The presentation of a sweep, by the name of its folder.
  public func sweep(_ folder: String) -> String { "\(results)/sweeps/\(folder)" }

  /// Makes both folders where they are missing: the state folder for its group, to which it passes on
  /// what is made in it, the others as open as it is. Folders that are there keep their modes.
  ///
  /// - Throws: `folder-not-writable` (73).
  public func create() throws(EditError) {
    try make(path, mode: Self.mode)
    let mode = FolderMode.folder(in: path) ?? Self.mode
    // Whoever submits a photograph writes it into `inputs`.
    for folder in [results, results + "/inputs"] { try make(folder, mode: mode) }
    for folder in [path, results] where access(folder, W_OK | X_OK) != 0 {
      throw Self.refused(folder, String(cString: strerror(errno)))
    }
  }

  /// Of a new state folder.
  private static let mode: mode_t = 0o2770

  private func make(_ folder: String, mode: mode_t) throws(EditError) {
    if access(folder, F_OK) == 0 { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      if DiskRoom(at: folder)?.hasNoInodes == true {
        throw Self.refused(folder, DiskRoom.fullness(at: folder).reason)
      }
      throw Self.refused(folder, (error as NSError).localizedDescription)
    }
    _ = chmod(folder, mode)
  }

  private static func refused(_ folder: String, _ reason: String) -> EditError {
    EditError(
      "folder-not-writable", .cannotCreate, "\(folder) cannot be written: \(reason)",
      hint: "--state DIR, or P2P_STATE; members of group p2p may use \(systemPath)")
  }

  private static func absolute(_ path: String) -> String {
    let full =
      path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    return NSString(string: full).standardizingPath
  }
}
