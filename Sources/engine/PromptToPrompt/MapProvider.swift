public import EditJobs
public import Layers

/// Where a batch of variants gets the source's maps from, pass by pass.
public protocol MapProvider: AnyObject {
  /// The maps of one pass at `sites`, which are injectable: exactly what the source's run used.
  ///
  /// Throws `EditError` where they can neither be read nor made.
  func maps(at position: PassPosition, sites: [AttentionSite]) throws -> MapSupply
}

/// The source's maps of one pass, and what it cost to get them.
public struct MapSupply {
  /// The maps by site.
  public var maps: MapTable
  /// Rows that were evaluated through the UNet to make them; 0 where they were read.
  public var evaluations: Int

  /// Makes a supply.
  public init(maps: MapTable, evaluations: Int) {
    (self.maps, self.evaluations) = (maps, evaluations)
  }
}
