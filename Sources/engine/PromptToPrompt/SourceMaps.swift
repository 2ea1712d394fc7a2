public import Layers

/// A source's maps from the store where it has a pass's, else made again, pass by pass.
public final class SourceMaps: MapProvider {
  private let stored: StoredMaps
  private let recomputed: RecomputedMaps
  /// Passes whose maps were not found whole in the store.
  public private(set) var missedPasses: [Int] = []

  /// Reads from one and falls back on the other.
  public init(stored: StoredMaps, recomputed: RecomputedMaps) {
    (self.stored, self.recomputed) = (stored, recomputed)
  }

  /// The maps of a pass; throws what reading the source's trajectory throws.
  public func maps(at position: PassPosition, sites: [AttentionSite]) throws -> MapSupply {
    if let maps = stored.maps(pass: position.pass, sites: sites) {
      return MapSupply(maps: maps, evaluations: 0)
    }
    missedPasses.append(position.pass)
    return try recomputed.maps(at: position, sites: sites)
  }
}
