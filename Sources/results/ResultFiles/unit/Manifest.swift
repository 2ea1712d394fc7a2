public import EditJobs
import Files
import Foundation
import Glibc

/// What a finished unit's folder holds and promises; its file is written last.
///
/// A function of the unit's key: no time, no host, no path.
public struct Manifest: Sendable, Hashable, Codable {
  /// One file.
  public struct File: Sendable, Hashable, Codable {
    /// Its size.
    public var bytes: Int
    /// The hash of its bytes.
    public var sha256: Digest

    /// Describes a file.
    public init(bytes: Int, sha256: Digest) { (self.bytes, self.sha256) = (bytes, sha256) }
  }

  /// The version of the format.
  public var format = 1
  /// The unit.
  public var key: Key
  /// The files by name.
  public var files: [String: File]
  /// The hash of the picture's pixels, rows of RGB: equal on all hosts, whatever their libpng.
  public var pixels: Digest

  private enum CodingKeys: String, CodingKey {
    case format, key, files
    case pixels = "pixels_sha256"
  }

  /// Hashes files of a unit's folder; throws `FileError`.
  public init(_ unit: UnitFolder, files names: [String], pixels: Digest) throws {
    (key, self.pixels, files) = (unit.key, pixels, [:])
    for name in names { files[name] = try Self.hash(unit.file(name)) }
  }

  /// Why a folder is not what its manifest promises.
  public enum Damage: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no manifest.
    case noManifest
    /// The manifest cannot be read, or is another unit's.
    case badManifest
    /// A file is missing.
    case missing(String)
    /// A file has other bytes.
    case changed(String)

    /// In words.
    public var description: String {
      switch self {
      case .noManifest: "there is no manifest.json"
      case .badManifest: "manifest.json is damaged"
      case .missing(let name): "\(name) is missing"
      case .changed(let name): "\(name) has changed"
      }
    }
  }

  /// Reads a unit's manifest without looking at the files; throws `Damage` or `FileError`.
  public static func read(_ unit: UnitFolder) throws -> Manifest {
    let bytes: [UInt8]
    do {
      bytes = try OpenFile.contents(of: unit.manifest)
    } catch  where error.isMissing {
      throw Damage.noManifest
    }
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)),
      manifest.format == 1, manifest.key == unit.key, bytes == (try? manifest.bytes())
    else { throw Damage.badManifest }
    return manifest
  }

  /// Reads a unit's manifest and looks whether every file is there, of its size; throws `Damage` or
  /// `FileError`. No file is read but the manifest: for hashes there is `verify`.
  ///
  /// Files in `evictable` may be absent.
  public static func look(at unit: UnitFolder, evictable: Set<String> = []) throws {
    for (name, file) in try read(unit).files.sorted(by: { $0.key < $1.key }) {
      var facts = stat()
      if stat(unit.file(name), &facts) == 0 {
        guard Int(facts.st_size) == file.bytes else { throw Damage.changed(name) }
      } else {
        let error = FileError("stat", unit.file(name), errno)
        guard error.isMissing else { throw error }
        guard evictable.contains(name) else { throw Damage.missing(name) }
      }
    }
  }

  /// Reads a unit's manifest and compares every file with it; throws `Damage` or `FileError`.
  ///
  /// Files in `evictable` may be absent (trajectories of finished variants are kept for a while
  /// only); where they are there, they are compared too.
  @discardableResult
  public static func verify(_ unit: UnitFolder, evictable: Set<String> = []) throws -> Manifest {
    let manifest = try read(unit)
    for (name, file) in manifest.files.sorted(by: { $0.key < $1.key }) {
      do {
        guard try hash(unit.file(name)) == file else { throw Damage.changed(name) }
      } catch let error as FileError where error.isMissing {
        guard evictable.contains(name) else { throw Damage.missing(name) }
      }
    }
    return manifest
  }

  /// The bytes of manifest.json.
  public func bytes() throws -> [UInt8] { Array((try CanonicalJSON(self).text + "\n").utf8) }

  private static func hash(_ path: String) throws -> File {
    let file = try OpenFile(path, .read)
    var (builder, offset) = (DigestBuilder(), 0)
    while true {
      let bytes = try file.read(1 << 20, at: offset)
      if bytes.isEmpty { break }
      builder.update(bytes)
      offset += bytes.count
    }
    return File(bytes: offset, sha256: builder.finished())
  }
}
