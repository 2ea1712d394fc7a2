/// A source's attention maps as they were kept while it ran.
public protocol MapStore: AnyObject {
  /// Hands over the numbers of a pass's maps, each (heads, queries, keys), row-major, in memory that is
  /// good until `take` returns.
  ///
  /// - Parameter maps: those that are needed, of these shapes and elements.
  /// - Returns: whether all were there, whole, and of the right arithmetic; where not, what was handed
  ///   over is worth nothing.
  func read(
    pass: Int, _ maps: [MapFacts],
    _ take: (_ map: MapFacts, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool
}
