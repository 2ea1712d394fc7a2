public import EditJobs
public import Files
public import Layers
public import RunMeasures
public import StableDiffusion
import Tensors

/// Variants of one source that run in lock-step, one pass at a time. It saves nothing: the caller
/// does, between passes.
///
/// A lane's bits do not depend on the lanes beside it.
public struct VariantBatch {
  /// One variant's place in the batch.
  public struct Lane {
    /// The variant.
    public let key: Key
    /// What the edit means, ready to run.
    public let plan: EditPlan
    /// The edit prompt and the negative prompt.
    public let context: LaneContext
    /// Where the run stands: what the next record holds.
    public internal(set) var unit: UnitRun

    /// Makes a lane that stands at `unit`.
    public init(key: Key, plan: EditPlan, context: LaneContext, unit: UnitRun) {
      (self.key, self.plan, self.context, self.unit) = (key, plan, context, unit)
    }
  }

  /// What one pass gave beside the lanes' new states.
  public struct PassResult {
    /// The pass that was made.
    public var position: PassPosition
    /// Rows that were evaluated through the UNet, those that made the source's maps again included.
    public var evaluations: Int
    /// Lanes that cannot go on, with the reason; they have left the batch at their last good state.
    public var failures: [(lane: Lane, error: EditError)]
  }

  /// What source and variants share.
  public let setting: SourceSetting
  /// The lanes in order, all at the same pass.
  public private(set) var lanes: [Lane]
  private let maps: any MapProvider
  private let source: ((_ pass: Int) throws -> TrajectoryRecord)?

  /// Makes a batch of lanes that stand at the same pass.
  ///
  /// - Parameters:
  ///   - maps: gives the source's maps.
  ///   - source: gives the source's record after a pass; asked where a lane is blended, and may be
  ///     absent where none is.
  public init(
    _ setting: SourceSetting, lanes: [Lane], maps: any MapProvider,
    source: ((_ pass: Int) throws -> TrajectoryRecord)? = nil
  ) {
    precondition(Set(lanes.map(\.unit.pass)).count <= 1, "lanes of one batch stand at one pass")
    precondition(Set(lanes.map(\.key)).count == lanes.count, "a variant runs in one lane")
    (self.setting, self.lanes, self.maps, self.source) = (setting, lanes, maps, source)
  }

  /// Whether there is nothing more to do: no lanes, or all passes done.
  public var isComplete: Bool { lanes.allSatisfy { $0.unit.pass >= setting.passes } }

  /// Adds a lane at the pass where the others stand, e.g. a fork of one of them.
  public mutating func add(_ lane: Lane) {
    precondition(lanes.allSatisfy { $0.unit.pass == lane.unit.pass }, "the lane is not at the pass")
    precondition(!lanes.contains { $0.key == lane.key }, "a variant runs in one lane")
    lanes.append(lane)
  }

  /// Takes a lane out and returns it, `nil` where there is none of this key.
  @discardableResult
  public mutating func remove(_ key: Key) -> Lane? {
    lanes.firstIndex { $0.key == key }.map { lanes.remove(at: $0) }
  }

  /// Makes one pass for all lanes; not to be called when the batch is complete.
  ///
  /// Throws what the map provider and reading the source's records throw; the batch then stands where
  /// it stood.
  public mutating func advance() throws -> PassResult {
    precondition(!isComplete, "the batch is complete")
    let position = setting.denoiser.position(lanes[0].unit.pass)
    let plans = lanes.map(\.plan)
    let sites = EditControl.sites(plans, step: position.step, in: setting.catalogue)
    let supply =
      sites.isEmpty
      ? MapSupply(maps: [:], evaluations: 0) : try maps.maps(at: position, sites: sites)
    let control = EditControl(
      plans, step: position.step, catalogue: setting.catalogue, precision: setting.spec.maps,
      source: supply.maps, backend: setting.backend)
    let blender = try blender(position)
    var runs = lanes.map(\.unit.run)
    let evaluations = setting.denoiser.advance(
      &runs, contexts: lanes.map(\.context), control: control)
    let failures = take(runs, control, position, blender)
    return PassResult(
      position: position, evaluations: evaluations + supply.evaluations, failures: failures)
  }

  /// What blends the lanes after this pass, with the source's state of the same step; `nil` where no
  /// lane is blended or the step is not complete.
  private func blender(_ position: PassPosition) throws -> LatentBlender? {
    guard setting.denoiser.sampler.completesStep(position.pass),
      lanes.contains(where: { $0.plan.blends(step: position.step) })
    else { return nil }
    guard let source else { preconditionFailure("a blended lane needs the source's records") }
    return LatentBlender(setting, source: try source(position.pass + 1))
  }

  /// Moves every lane to its new state; those whose latents are not numbers leave the batch.
  private mutating func take(
    _ runs: [DenoisingRun], _ control: EditControl, _ position: PassPosition,
    _ blender: LatentBlender?
  ) -> [(lane: Lane, error: EditError)] {
    let completes = setting.denoiser.sampler.completesStep(position.pass)
    var (kept, failures): ([Lane], [(lane: Lane, error: EditError)]) = ([], [])
    for (index, lane) in lanes.enumerated() {
      var next = lane
      next.unit.run = runs[index]
      next.unit.injected = control.reports[index]
      if completes, let mean = control.meanMaps(lane: index) {
        next.unit.sum.complete(mean, on: setting.backend)
      }
      do throws(EditError) {
        try next.unit.checkFinite(setting)
        blender?.blend(&next.unit, lane.plan, step: position.step)
        kept.append(next)
      } catch {
        failures.append((lane, error))
      }
    }
    lanes = kept
    return failures
  }
}
