public import Files

/// What `p2p-worker inspect` answers: a model's facts, and what they rest on.
public struct Inspection: Codable, Sendable, Hashable {
  /// The facts, which are members of the same JSON object.
  public var facts: ModelFacts
  /// Every path that was read or looked for, with what was found there.
  public var files: [StampedFile]
  /// The hub's cache where a tokenizer was looked for; `nil` where the model has its own.
  public var cache: String?
  /// Whether every later change of a file shows in its stamp.
  public var isLasting: Bool
  /// The numerics revision of the program that answered; `nil` in answers of older programs.
  public var revision: Int?

  private enum Name: String, CodingKey { case files, cache, isLasting, revision }

  /// Makes an answer.
  public init(facts: ModelFacts, files: [StampedFile], cache: String?, isLasting: Bool) {
    (self.facts, self.files) = (facts, files)
    (self.cache, self.isLasting) = (cache, isLasting)
    revision = Numerics.currentRevision
  }

  /// Whether the facts are still right where the hub's cache is `cache`: another program may read the
  /// same files in another way.
  public func isCurrent(cache: String) -> Bool {
    isLasting && revision == Numerics.currentRevision && (self.cache ?? cache) == cache
      && files.allSatisfy(\.isCurrent)
  }

  /// Reads an answer.
  public init(from decoder: any Decoder) throws {
    facts = try ModelFacts(from: decoder)
    let object = try decoder.container(keyedBy: Name.self)
    files = try object.decode([StampedFile].self, forKey: .files)
    cache = try object.decodeIfPresent(String.self, forKey: .cache)
    isLasting = try object.decode(Bool.self, forKey: .isLasting)
    revision = try object.decodeIfPresent(Int.self, forKey: .revision)
  }

  /// Writes an answer.
  public func encode(to encoder: any Encoder) throws {
    try facts.encode(to: encoder)
    var object = encoder.container(keyedBy: Name.self)
    try object.encode(files, forKey: .files)
    try object.encodeIfPresent(cache, forKey: .cache)
    try object.encode(isLasting, forKey: .isLasting)
    try object.encodeIfPresent(revision, forKey: .revision)
  }
}
