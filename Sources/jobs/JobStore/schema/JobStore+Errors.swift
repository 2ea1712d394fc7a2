import Files
import Foundation
import GRDB

extension JobStore {
  /// What a person is told for an error of SQLite; our own errors pass.
  static func explained(_ error: any Error, path: String) -> EditError {
    if let error = error as? EditError { return error }
    guard let error = error as? DatabaseError else {
      return EditError("job-table", .software, "\(error)")
    }
    switch error.resultCode {
    case .SQLITE_FULL: return diskFull(path)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return EditError(
        "busy", .temporary, "another process holds \(path)",
        details: ["a stopped program that was writing keeps the lock until it goes on or ends"],
        hint: "again in a moment; lsof \(path) shows who has it open")
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
      return EditError(
        "job-table-moved", .io, "\(path) was removed or replaced while it was open",
        hint: "start the program again")
    case .SQLITE_CANTOPEN where DiskRoom(at: path)?.hasNoInodes == true:
      // A journal that could not be made.
      return diskFull(path)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
      return notAllowed(path, error.message)
    case .SQLITE_IOERR:
      return EditError(
        "job-table-io", .io, "reading or writing \(path) failed: \(error.message ?? "no reason")",
        hint: "look at the disk (dmesg), then start the program again")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      return EditError(
        "job-table-damaged", .io, "\(path) is damaged: \(error.message ?? "no reason")",
        hint: "move it away and submit again; finished pictures are found again by their keys")
    default:
      return EditError(
        "job-table", .software, "the job table refused a statement: \(error.message ?? "\(error)")",
        details: error.sql.map { [$0] } ?? [])
    }
  }

  static func diskFull(_ path: String) -> EditError {
    let (reason, hint) = DiskRoom.fullness(at: path)
    return EditError(
      "disk-full", .io, "\(path) cannot be written: \(reason); nothing was written",
      hint: "\(hint), then try again")
  }

  /// Says whether the group is the reason, because that is what people can change.
  static func notAllowed(_ path: String, _ reason: String? = nil) -> EditError {
    var details = reason.map { [$0] } ?? []
    var hint: String? = "--state DIR, or P2P_STATE"
    var facts = stat()
    if stat(path, &facts) == 0 {
      let group = getgrgid(facts.st_gid).map { String(cString: $0.pointee.gr_name) }
      let name = group ?? "\(facts.st_gid)"
      if facts.st_mode & S_IWGRP != 0, !groups().contains(facts.st_gid), isForPeople(facts, name) {
        details.insert("you are not in group \(name)", at: 0)
        hint = "sudo usermod -aG \(name) $USER, then log in again"
      } else {
        let mode = String(facts.st_mode & 0o7777, radix: 8)
        details.insert("its mode is \(mode), its group \(name)", at: 0)
      }
    }
    return EditError(
      "not-allowed", .notAllowed, "cannot write to \(path)", details: details, hint: hint)
  }

  /// Whether a group may be joined for the sake of a folder: the service's own, and those that are
  /// made for people. Who is in one of the system's may do far more than write here.
  private static func isForPeople(_ facts: stat, _ name: String) -> Bool {
    name == "p2p" || (1000..<60_000).contains(facts.st_gid)
  }

  private static func groups() -> Set<gid_t> {
    var list = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
    _ = getgroups(Int32(list.count), &list)
    return Set(list + [getegid()])
  }
}
