import EditJobs
import PromptToPrompt

/// A variant whose folder is open and which stands at a pass.
struct StandingVariant {
  var attempt: UnitAttempt
  var lane: VariantBatch.Lane
}

/// The variants that run in lock-step, all at one pass, with their open folders: a value, which says
/// nothing of what becomes of them.
struct LaneGroup {
  private var batch: VariantBatch
  private var attempts: [Key: UnitAttempt] = [:]

  /// Nobody yet; the lanes to come take the source's maps from `maps`.
  init(_ context: OrderContext, maps: SourceMaps) {
    batch = VariantBatch(
      context.setting, lanes: [], maps: maps, source: context.trajectory.record)
  }

  /// The lanes in order.
  var lanes: [VariantBatch.Lane] { batch.lanes }
  /// The pass where all stand; `nil` where nobody does.
  var pass: Int? { batch.lanes.first?.unit.pass }
  /// Whether there is nothing more to do: no lanes, or all passes done.
  var isComplete: Bool { batch.isComplete }
  /// The open folders in order of the lanes.
  var openFolders: [UnitAttempt] { lanes.compactMap { attempts[$0.key] } }

  /// The open folder of a variant that is here; `nil` once it has left.
  subscript(_ variant: Key) -> UnitAttempt? { attempts[variant] }

  /// Takes a variant in at the pass where the others stand.
  mutating func add(_ variant: StandingVariant) {
    attempts[variant.lane.key] = variant.attempt
    batch.add(variant.lane)
  }

  /// Lets a variant go and closes its folder.
  mutating func remove(_ variant: Key) {
    batch.remove(variant)
    attempts[variant] = nil
  }

  /// One pass of all lanes. Those that cannot go on have left the lanes, and their folders are open.
  ///
  /// Throws what making the source's maps and reading its records throws; then all stand where they
  /// stood.
  mutating func advance() throws -> VariantBatch.PassResult { try batch.advance() }
}
