import Files
import Foundation
import JobStore

/// Whether the user that runs the daemon can read what a request names.
enum ServiceAccess {
  private typealias User = (uid: uid_t, gid: gid_t)

  /// Checks the way to a model where the state belongs to another user: the service's.
  ///
  /// - Throws: `model-unreadable` (77), with the first thing in the way and where models belong.
  static func check(model folder: String, state: StateFolder) throws(EditError) {
    guard let user = user(of: state) else { return }
    let place = ModelPlace(folder)
    for path in Set([place.path] + [place.folder].compactMap(\.self)).sorted() {
      try checkWay(to: path, user, state)
    }
  }

  /// Checks the files of a model, and the way to where links lead, in the same case.
  ///
  /// - Throws: `model-unreadable` (77).
  static func check(
    _ files: [StampedFile], of folder: String, state: StateFolder
  ) throws(EditError) {
    guard let user = user(of: state) else { return }
    let present = files.filter { $0.stamp != nil }.map(\.path)
    let real = present.map { SystemPath.resolved($0) ?? $0 }
    for path in Set((present + real).map(above)).sorted() { try checkWay(to: path, user, state) }
    for file in present where !allows(file, user, S_IRUSR) {
      throw refused(folder, "the service's user may not read \(file)")
    }
  }

  /// The service's user, where that is another one.
  private static func user(of state: StateFolder) -> User? {
    var owner = stat()
    guard stat(state.path, &owner) == 0, owner.st_uid != getuid() else { return nil }
    return (uid: owner.st_uid, gid: owner.st_gid)
  }

  /// The folder of a path.
  private static func above(_ path: String) -> String {
    "/" + path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// Checks the way to a folder, and into it, or to a file.
  private static func checkWay(
    to folder: String, _ user: User, _ state: StateFolder
  ) throws(EditError) {
    if state.path == StateFolder.systemPath {
      for hidden in ["/home/", "/root/", "/run/user/"] where (folder + "/").hasPrefix(hidden) {
        throw refused(folder, "the service does not see \(hidden)")
      }
    }
    var path = ""
    let isFile = ModelPlace(folder).isFile
    for part in folder.split(separator: "/").dropLast(isFile ? 1 : 0) {
      path += "/" + part
      guard allows(path, user, S_IXUSR) else {
        throw refused(folder, "the service's user may not enter \(path)")
      }
    }
  }

  /// The mode bits of owner, group or others, whichever speaks for the user.
  private static func allows(_ path: String, _ user: User, _ bit: mode_t) -> Bool {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return false }
    if user.uid == 0 { return true }
    let shift: mode_t = facts.st_uid == user.uid ? 0 : facts.st_gid == user.gid ? 3 : 6
    return facts.st_mode & (bit >> shift) != 0
  }

  private static func refused(_ folder: String, _ reason: String) -> EditError {
    EditError(
      "model-unreadable", .notAllowed, "the service cannot read the model at \(folder)",
      details: [reason],
      hint: "models belong in /srv/models or \(StateFolder.systemPath)/models, readable by all")
  }
}
