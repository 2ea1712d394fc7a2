public import EditJobs
public import Layers
public import RunMeasures
import Tensors

/// A source's maps from the store where it has a pass's, else made again, pass by pass.
public final class SourceMaps: MapProvider {
  private let setting: SourceSetting
  private let store: any MapStore
  private let recomputed: RecomputedMaps
  /// Passes whose maps were not found whole in the store.
  public private(set) var missedPasses: [Int] = []

  /// Reads from a store and falls back on what is made again.
  public init(_ setting: SourceSetting, store: any MapStore, recomputed: RecomputedMaps) {
    (self.setting, self.store, self.recomputed) = (setting, store, recomputed)
  }

  /// The maps of a pass; throws what reading the source's trajectory throws.
  public func maps(at position: PassPosition, sites: [AttentionSite]) throws -> MapSupply {
    if let maps = stored(pass: position.pass, sites: sites) {
      return MapSupply(maps: maps, evaluations: 0)
    }
    missedPasses.append(position.pass)
    return try recomputed.maps(at: position, sites: sites)
  }

  /// The stored maps of a pass at `sites`; `nil` unless all are there, whole, of the right shape, and
  /// made with the source's numerics.
  public func stored(pass: Int, sites: [AttentionSite]) -> MapTable? {
    let entries = setting.catalogue.injectable.filter { sites.contains($0.site) }
    guard entries.count == sites.count else { return nil }
    let names = Dictionary(uniqueKeysWithValues: entries.map { ($0.site.description, $0.site) })
    var maps: MapTable = [:]
    let isWhole = store.read(pass: pass, entries.map(setting.facts)) { map, bytes in
      guard let site = names[map.site] else { return }
      maps[site] = setting.backend.upload(
        bytes, shape: map.shape, element: setting.spec.maps.element)
    }
    return isWhole ? maps : nil
  }
}

extension SourceSetting {
  /// What a store keeps of each pass of the source, in call order.
  public var keptMaps: [MapFacts] { catalogue.injectable.map(facts) }

  func facts(_ entry: SiteCatalogue.Entry) -> MapFacts {
    MapFacts(
      site: entry.site.description,
      shape: [entry.size.heads, entry.size.queries, entry.size.keys],
      element: spec.maps.element == .f16 ? .f16 : .f32)
  }
}
