public import EditJobs
public import Layers
public import Tensors

/// Watches one pass of a source: rounds at injectable sites, averages, and hands maps on when asked to.
///
/// The rounding belongs to the site: with `maps: f16` every conditional branch rounds its normalised
/// probabilities there, looked at or not.
public final class SourceControl: AttentionControl {
  private let catalogue: SiteCatalogue
  private let precision: MapsPrecision
  private let kept: Set<AttentionSite>
  private let averages: Bool
  private let backend: any Backend
  private let keep: (AttentionSite, Tensor) -> Void
  private var mean = PassMapMean()

  /// Makes a control for one pass of one lane.
  ///
  /// - Parameters:
  ///   - kept: injectable sites whose conditional maps are wanted, as the store holds them.
  ///   - averages: whether the mean over the sites of the control resolution is wanted.
  ///   - keep: gets the map of each kept site as soon as it is made, on the thread that computes.
  public init(
    _ catalogue: SiteCatalogue, precision: MapsPrecision, kept: Set<AttentionSite> = [],
    averages: Bool = true, backend: any Backend,
    keep: @escaping (AttentionSite, Tensor) -> Void = { _, _ in }
  ) {
    (self.catalogue, self.precision, self.kept) = (catalogue, precision, kept)
    (self.averages, self.backend, self.keep) = (averages, backend, keep)
  }

  /// `.read` where a map is kept or averaged, else `.none`.
  public func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand {
    guard row.branch == .conditional else { return MapDemand(use: .none, rounded: false) }
    let read = kept.contains(site) || (averages && catalogue.isAveraged(site, size))
    return MapDemand(
      use: read ? .read : .none,
      rounded: precision == .f16 && catalogue.isInjectable(site, size))
  }

  /// Averages and hands on; the map is used as it is.
  public func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor? {
    guard let map else { return nil }
    if averages, catalogue.isAveraged(site, size) { mean.add(map, on: backend) }
    if kept.contains(site) { keep(site, map) }
    return nil
  }

  /// The pass's mean maps: (tokens, queries); `nil` when none were wanted.
  public var meanMaps: Tensor? { mean.value(on: backend) }
}
