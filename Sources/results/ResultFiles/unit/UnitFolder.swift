public import EditJobs
import Files
import Glibc

/// The folder of one source or variant.
public struct UnitFolder: Sendable, Hashable {
  /// What the folder holds.
  public enum Kind: String, Sendable, Codable { case source, variant }

  /// What the folder holds.
  public let kind: Kind
  /// The unit.
  public let key: Key
  /// Its path.
  public let path: String

  /// The picture: `source.png` or `image.png`.
  public var picture: String { file(kind == .source ? "source.png" : "image.png") }
  /// The resolved request: `source.json` or `variant.json`.
  public var request: String { file(kind == .source ? "source.json" : "variant.json") }
  /// Every pass's state.
  public var trajectory: String { file("trajectory.bin") }
  /// The averaged maps per token.
  public var meanMaps: String { file("mean-maps.safetensors") }
  /// Where a blended variant may differ from its source, after its last step.
  public var mask: String { file("mask.png") }
  /// What the folder holds and promises; written last.
  public var manifest: String { file("manifest.json") }
  /// Holds a source's attention maps.
  public var maps: String { file("maps") }

  /// The attention maps of one pass: `maps/pass-07.safetensors`.
  public func maps(pass: Int) -> String {
    "\(maps)/pass-\(pass < 10 ? "0" : "")\(pass).safetensors"
  }

  /// A file of the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes the folder where it is missing; throws `FileError`.
  public func create() throws {
    try DurableFile.makeFolder(path)
    if kind == .source { try DurableFile.makeFolder(maps) }
  }

  /// Writes one file of the folder, whole and durable; throws `FileError`.
  ///
  /// Pictures are made read-only: a tool that edits in place would damage what others link to.
  public func publish(_ chunks: [[UInt8]], as path: String) throws {
    CrashPoint.pass("publish-\(path.dropFirst(self.path.count + 1)).before")
    try DurableFile.write(
      chunks, to: path, permissions: [picture, mask].contains(path) ? 0o444 : 0o666)
    CrashPoint.pass("publish-\(path.dropFirst(self.path.count + 1)).after")
  }

  /// Removes what a killed worker left half-written; for whoever has the unit's lock.
  public func removeUnfinished() {
    DurableFile.removeUnfinished(in: path)
    if kind == .source { DurableFile.removeUnfinished(in: maps) }
  }

  /// Locks the folder for writing until the lock is dropped; `nil` where somebody else has it.
  ///
  /// A courtesy between workers: what protects the files is that every attempt writes to a file of
  /// its own. Throws `FileError`.
  public func lock() throws -> UnitLock? {
    let file = try OpenFile(file(".lock"), .update)
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EWOULDBLOCK { return nil }
      guard code == EINTR else { throw FileError("flock", file.path, code) }
    }
    return UnitLock(file)
  }
}

/// The right to write into a unit's folder; given back when it goes out of scope.
public struct UnitLock: ~Copyable, Sendable {
  private let file: OpenFile

  init(_ file: consuming OpenFile) { self.file = file }
}
