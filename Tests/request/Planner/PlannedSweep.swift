import EditJobs
import Files
import Planner
import PromptAlignment

/// Expands requests against a model's facts, without a model.
enum PlannedSweep {
  static let facts = ModelFacts(
    digest: Digest(of: "model".utf8), family: "sd1", sizeMultiple: 64, latentChannels: 4,
    vaeFactor: 8,
    defaultWidth: 512, defaultHeight: 512, width: 512, height: 512, textLength: 77, sites: [],
    controlRows: 16, controlColumns: 16, laneBytes: 1 << 30, weightBytes: 1 << 31,
    mapBytesPerPass: 38_000_000, multiplyAdds: 400_000_000_000, tokenizer: "tokenizer")

  /// A request about a cat, a fox and their crown.
  static func request(_ settings: (String, String)...) throws(EditError) -> SweepRequest {
    var request = SweepRequest()
    try request.set("prompt", to: "a cat wearing a crown")
    for (name, value) in settings { try request.set(name, to: value) }
    return request
  }

  static func expand(
    _ request: SweepRequest, facts: ModelFacts = facts, cpus: [WorkerCPU] = [],
    native: NativeSupport? = nil
  ) throws -> SweepExpansion {
    var request = request
    if request.prompt == nil { try request.set("prompt", to: "a cat wearing a crown") }
    let planned = PlannedModel(
      facts: facts, folder: "/models/sd15", tokenizer: try Vocabulary.clip.get())
    return try SweepExpansion(request, cpus: cpus, native: native) { _ throws(EditError) in
      planned
    }
  }
}
