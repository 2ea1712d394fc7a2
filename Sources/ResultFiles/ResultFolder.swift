public import EditJobs

/// The results folder: where every file of every source, variant and sweep is.
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
  /// Holds files that are being written.
  public var temporary: String { "\(path)/tmp" }

  /// Makes the folders that are missing; throws `FileError`.
  public func create() throws {
    for folder in [path, sources, variants, sweeps, inputs, temporary] {
      try DurableFile.makeFolder(folder)
    }
  }

  /// A photograph by the hash of its bytes.
  public func input(_ digest: Digest) -> String { "\(inputs)/\(digest)" }

  /// The folder of a source.
  public func source(_ key: Key) -> UnitFolder {
    UnitFolder(kind: .source, key: key, path: "\(sources)/\(key)", temporary: temporary)
  }

  /// The folder of a variant.
  public func variant(_ key: Key) -> UnitFolder {
    UnitFolder(kind: .variant, key: key, path: "\(variants)/\(key)", temporary: temporary)
  }

  /// The folder of a sweep.
  public func sweep(name: String, tag: String) -> String { "\(sweeps)/\(name)-\(tag)" }
}
