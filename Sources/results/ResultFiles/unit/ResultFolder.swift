public import EditJobs
import Files

/// The results folder: where every file of every source, variant and sweep is.
///
/// Any folder in it may be a link to another file system: what is written stands beside its place until
/// it is whole. Modes follow the results folder's, whatever the mask of who writes.
public struct ResultFolder: Sendable, Hashable {
  /// Its path.
  public let path: String

  /// Names a results folder; nothing is touched.
  public init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Holds one folder per source, called by its key.
  public var sources: String { "\(path)/sources" }
  /// Holds one folder per variant, called by its key.
  public var variants: String { "\(path)/variants" }
  /// Holds one folder per sweep, called `<name>-<tag>`.
  public var sweeps: String { "\(path)/sweeps" }
  /// Holds the photographs, called by the SHA-256 of their bytes.
  public var inputs: String { "\(path)/inputs" }

  /// Makes the folders that are missing; throws `FileError`.
  public func create() throws {
    for folder in [path, sources, variants, sweeps, inputs] {
      try DurableFile.makeFolder(folder)
    }
  }

  /// A photograph by the hash of its bytes.
  public func input(_ digest: Digest) -> String { "\(inputs)/\(digest)" }

  /// The folder of a source.
  public func source(_ key: Key) -> UnitFolder {
    UnitFolder(kind: .source, key: key, path: "\(sources)/\(key)")
  }

  /// The folder of a variant.
  public func variant(_ key: Key) -> UnitFolder {
    UnitFolder(kind: .variant, key: key, path: "\(variants)/\(key)")
  }

  /// The folder of a sweep.
  public func sweep(name: String, tag: String) -> String { "\(sweeps)/\(name)-\(tag)" }
}
