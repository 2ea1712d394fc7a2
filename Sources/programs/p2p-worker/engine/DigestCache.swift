import EditJobs
import Files
import Foundation

/// Hashes of files by their stamps, in a JSON file that may be lost.
struct DigestCache {
  /// Raised when what is written here means something else; another number is nothing that is known.
  private static let format = 2

  private struct Document: Codable {
    var format: Int
    var files: [Entry]
  }

  private struct Entry: Codable {
    var stamp: FileStamp
    var sha256: Digest
  }

  /// A file as long as it is one, whatever is done to it.
  private struct Place: Hashable {
    var device: UInt
    var inode: UInt

    init(_ stamp: FileStamp) { (device, inode) = (stamp.device, stamp.inode) }
  }

  private let path: String?
  private var entries: [Place: Entry]
  /// Places that were hashed here since the last save.
  private var fresh: Set<Place> = []

  init(path: String?) {
    self.path = path
    entries = path.map(Self.read) ?? [:]
  }

  /// In the user's cache folder; `nil` where there is none.
  static var defaultPath: String? {
    let environment = ProcessInfo.processInfo.environment
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return "\(cache)/p2p/digests.json"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.cache/p2p/digests.json"
  }

  private static func read(_ path: String) -> [Place: Entry] {
    guard let data = try? Data(contentsOf: URL(filePath: path)),
      let document = try? JSONDecoder().decode(Document.self, from: data),
      document.format == format
    else { return [:] }
    return Dictionary(document.files.map { (Place($0.stamp), $0) }) { $1 }
  }

  subscript(stamp: FileStamp) -> Digest? {
    get {
      guard let entry = entries[Place(stamp)], entry.stamp == stamp else { return nil }
      return entry.sha256
    }
    set {
      let place = Place(stamp)
      entries[place] = newValue.map { Entry(stamp: stamp, sha256: $0) }
      fresh.insert(place)
    }
  }

  /// Writes what is new beside what others wrote meanwhile; a cache that cannot be written costs time
  /// and nothing else.
  mutating func save() {
    guard !fresh.isEmpty, let path else { return }
    var all = Self.read(path)
    for place in fresh { all[place] = entries[place] }
    fresh = []
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      format: Self.format,
      files: all.values.sorted {
        ($0.stamp.device, $0.stamp.inode) < ($1.stamp.device, $1.stamp.inode)
      })
    guard let json = try? encoder.encode(document) else { return }
    let url = URL(filePath: path)
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? UserFile.write(Array(json), to: path)
  }
}
