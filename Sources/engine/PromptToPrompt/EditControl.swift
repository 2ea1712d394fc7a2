public import EditJobs
public import Layers
public import Tensors

/// Edits the attention maps of one pass of a batch of variants of one source (Hertz et al. 2022).
///
/// Per site, step and lane it decides what happens to the conditional map before it exists: supplied
/// from the source, rewritten column by column, read for the mean maps, or left inside the kernel.
public final class EditControl: AttentionControl {
  private let plans: [EditPlan]
  private let cross: [CrossMapRule]
  private let catalogue: SiteCatalogue
  private let precision: MapsPrecision
  private let source: MapTable
  private let backend: any Backend
  private var means: [PassMapMean]
  /// What was injected, by lane.
  public private(set) var reports: [InjectionReport]

  /// Makes a control for one pass; lane i of the batch runs `plans[i]`.
  ///
  /// `source` has the maps of this pass at all sites that `sites(_:step:in:)` names.
  public init(
    _ plans: [EditPlan], step: Int, catalogue: SiteCatalogue, precision: MapsPrecision,
    source: MapTable, backend: any Backend
  ) {
    (self.plans, self.catalogue, self.precision) = (plans, catalogue, precision)
    (self.source, self.backend) = (source, backend)
    cross = plans.map { $0.cross(step: step) }
    means = Array(repeating: PassMapMean(), count: plans.count)
    reports = Array(repeating: InjectionReport(), count: plans.count)
  }

  /// The sites whose source maps some lane needs in a step, in call order.
  public static func sites(
    _ plans: [EditPlan], step: Int, in catalogue: SiteCatalogue
  ) -> [AttentionSite] {
    let kinds = plans.reduce(into: Set()) { $0.formUnion($1.needs(step: step)) }
    return catalogue.injectable.map(\.site).filter { kinds.contains($0.kind) }
  }

  /// What happens to a row's map; the unconditional branch is left alone.
  public func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand {
    guard row.branch == .conditional, catalogue.isInjectable(site, size) else {
      return MapDemand(use: .none, rounded: false)
    }
    return MapDemand(use: use(site, size, position, row.lane), rounded: precision == .f16)
  }

  private func use(
    _ site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ lane: Int
  ) -> MapUse {
    if site.kind == .selfAttention {
      return plans[lane].takesSelf(step: position.step) ? .supply : .none
    }
    switch cross[lane] {
    case .own: return catalogue.isAveraged(site, size) ? .read : .none
    case .source: return .supply
    case .columns(_, _, let needsOwn): return needsOwn ? .rewrite : .supply
    }
  }

  /// The map to use instead of the row's own, `nil` for its own; averages what is used.
  public func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor? {
    let edited = site.kind == .cross ? crossMap(own: map, at: site, row.lane) : source[site]
    precondition(edited != nil || map != nil, "\(site): no map to supply")
    if catalogue.isAveraged(site, size), let used = edited ?? map {
      means[row.lane].add(used, on: backend)
    }
    let tokens =
      site.kind == .cross ? cross[row.lane].injected(tokens: size.keys) : size.keys
    reports[row.lane].note(tokens, at: site)
    return edited
  }

  private func crossMap(own: Tensor?, at site: AttentionSite, _ lane: Int) -> Tensor? {
    switch cross[lane] {
    case .own: nil
    case .source: source[site]
    case .columns(let columns, _, _):
      backend.composeMap(source: source[site], own: own, columns: columns)
    }
  }

  /// The pass's mean maps of a lane, after editing: (tokens, queries); `nil` where no site is averaged.
  public func meanMaps(lane: Int) -> Tensor? { means[lane].value(on: backend) }
}
