public import EditJobs
public import Layers
public import Tensors

/// The attention sites of one model at one picture size, and what editing does with each.
///
/// Injectable are all cross-attention sites, and the self-attention sites with at most `selfLimit`
/// queries. The cross sites of the down and up stages at the control resolution are the ones whose
/// maps are averaged.
public struct SiteCatalogue: Sendable {
  /// A site and the size of its map.
  public struct Entry: Hashable, Sendable {
    /// The layer's name.
    public var site: AttentionSite
    /// The size of its map.
    public var size: AttentionMapSize

    /// Makes an entry.
    public init(site: AttentionSite, size: AttentionMapSize) {
      (self.site, self.size) = (site, size)
    }
  }

  /// Every attention layer in call order.
  public let entries: [Entry]
  /// The control resolution.
  public let control: FeatureSize
  /// The largest number of queries of an injectable self-attention site.
  public let selfLimit: Int

  /// Takes the sites in call order; `selfMax` is the side of the largest injectable self site and
  /// `nil` is the control resolution.
  public init(entries: [Entry], control: FeatureSize, selfMax: Int? = nil) {
    (self.entries, self.control) = (entries, control)
    selfLimit = selfMax.map { $0 * $0 } ?? control.rows * control.columns
  }

  /// Whether the source's map may take the place of the site's own; its probabilities are rounded
  /// where maps are float16.
  public func isInjectable(_ site: AttentionSite, _ size: AttentionMapSize) -> Bool {
    site.kind == .cross || size.queries <= selfLimit
  }

  /// Whether the site's maps enter the mean maps.
  public func isAveraged(_ site: AttentionSite, _ size: AttentionMapSize) -> Bool {
    site.kind == .cross && site.stage != .mid && size.rows == control.rows
      && size.columns == control.columns
  }

  /// The injectable sites in call order: what a store holds of every pass.
  public var injectable: [Entry] { entries.filter { isInjectable($0.site, $0.size) } }

  /// The sites whose maps enter the mean maps, in call order.
  public var averaged: [Entry] { entries.filter { isAveraged($0.site, $0.size) } }

  /// Bytes of a source's stored maps, one pass.
  public func mapBytes(_ precision: MapsPrecision) -> Int {
    injectable.reduce(0) { $0 + $1.size.heads * $1.size.queries * $1.size.keys }
      * precision.element.byteCount
  }
}

extension MapsPrecision {
  /// The element type of stored maps.
  public var element: ElementType {
    switch self {
    case .f16: .f16
    case .f32: .f32
    }
  }
}
