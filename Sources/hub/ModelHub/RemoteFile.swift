import Files
import HubCache

/// A file on the hub: what it is called in the cache, how long it is, and where its bytes are.
struct RemoteFile {
  let path: HubPath
  /// The name of its blob.
  let blob: String
  let size: Int64
  /// May be a signed address that expires.
  let location: HTTPAddress

  /// Asks the hub, and compares with what it listed.
  ///
  /// - Throws: `EditError`; `hub-size`, `hub-answer` (65) where the hub contradicts itself.
  init(_ entry: HubListing.Entry, commit: String, hub: HubConnection) throws {
    path = entry.path
    let escaped = HTTPAddress.escaped(entry.path.description, keepingSlashes: true)
    let address = try hub.address("/\(hub.model.repository)/resolve/\(commit)/\(escaped)")
    let (head, at) = try hub.metadata(address, file: entry.path)
    if let told = head["x-repo-commit"], told != commit {
      throw Self.contradiction(hub, path, "it is of the commit \(told.printable), not \(commit)")
    }
    guard let tag = (head["x-linked-etag"] ?? head["etag"]).map(Self.name),
      BlobHash.isLegal(name: tag)
    else { throw Self.contradiction(hub, path, "it has no ETag that can name a file") }
    blob = tag
    let isRedirect = (300..<400).contains(head.status)
    let told =
      head["x-linked-size"].flatMap { Int64($0) } ?? (isRedirect ? nil : head.contentLength)
    if let told, told != entry.size {
      throw EditError(
        "hub-size", .data,
        "the hub contradicts itself on the size of \(hub.model): \(path)",
        details: ["\(entry.size) bytes in its list, \(told) in its answer for the file"],
        hint: "try again; a proxy between here and the hub may change what it passes on")
    }
    let isHash = BlobHash(name: entry.hash, size: 0).isVerifiable
    if isHash, BlobHash(name: tag, size: 0).isVerifiable, tag.utf8.count == entry.hash.utf8.count,
      tag != entry.hash
    {
      throw Self.contradiction(hub, path, "its hash is \(entry.hash) in the list and \(tag) here")
    }
    size = entry.size
    guard isRedirect, let location = head["location"] else {
      self.location = at
      return
    }
    guard let target = at.resolving(location), target.isSecure || !at.isSecure else {
      throw Self.contradiction(hub, path, "it is to be fetched over an address that is not secured")
    }
    self.location = target
  }

  /// An ETag without `W/` and quotes.
  private static func name(_ tag: String) -> String {
    let strong = tag.hasPrefix("W/") ? tag.dropFirst(2) : Substring(tag)
    return String(strong.drop { $0 == "\"" }.reversed().drop { $0 == "\"" }.reversed())
  }

  private static func contradiction(
    _ hub: HubConnection, _ path: HubPath, _ what: String
  ) -> EditError {
    EditError(
      "hub-answer", .data, "the hub's answer for \(hub.model): \(path) cannot be used",
      details: [what], hint: "check HF_ENDPOINT")
  }
}
