import EditJobs
import Files
import HubCache
import JobStore
import Planner

/// What an inspector says of models, remembered in the job table.
struct RememberedInspections {
  let inspector: any ModelInspector
  let cache: HubCache
  /// Remembers answers; `nil` where there is no job table.
  let store: JobStore?
  /// Whether a new answer is written down.
  let remembers: Bool

  /// What there is to know of a model at a size, or at the model's own where it is `nil`.
  ///
  /// What is remembered counts while every file that was read or looked for is what it was.
  /// - Throws: what the inspector says is wrong with the model; what the job table throws.
  func inspection(of folder: String, size: PictureSize?) async throws -> Inspection {
    let asked = size.map(\.rowsByColumns) ?? "default"
    if let known = try store?.inspection(folder: folder, size: asked),
      known.isCurrent(cache: cache.path)
    {
      return known
    }
    let found = try await inspector.model(folder, size: size)
    if remembers, found.isLasting {
      try store?.setInspection(folder: folder, size: asked, found, now: WallClock.now)
    }
    return found
  }
}

extension PictureSize {
  /// Height before width, as tensors and workers take them.
  var rowsByColumns: String { "\(height)x\(width)" }
}
