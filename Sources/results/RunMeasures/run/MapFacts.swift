/// How the numbers of stored maps are stored.
public enum MapElement: String, Sendable, Codable {
  case f16, f32

  /// Bytes of one number.
  public var byteCount: Int { self == .f16 ? 2 : 4 }
}

/// What is known of the attention map of one site before it is there.
public struct MapFacts: Sendable, Hashable {
  /// `stage.index.kind`.
  public var site: String
  /// Heads, queries, keys.
  public var shape: [Int]
  /// How the numbers are stored.
  public var element: MapElement

  /// Describes a map.
  public init(site: String, shape: [Int], element: MapElement) {
    (self.site, self.shape, self.element) = (site, shape, element)
  }

  /// Bytes of its numbers.
  public var byteCount: Int { shape.reduce(element.byteCount, *) }
}
