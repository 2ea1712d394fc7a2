import EditJobs
import Foundation
import JobStore

/// One source and some variants, written to a job table as `p2p sweep` would.
enum SmallSweep {
  /// Facts of a model that nobody has: for workers that only speak.
  static let facts = ModelFacts(
    digest: Digest(of: "a model".utf8), family: "sd1", sizeMultiple: 8, latentChannels: 4,
    vaeFactor: 8,
    defaultWidth: 64, defaultHeight: 64, width: 64, height: 64, textLength: 16, sites: [],
    controlRows: 4, controlColumns: 4, laneBytes: 1 << 20, weightBytes: 1 << 20,
    mapBytesPerPass: 1 << 10, multiplyAdds: 1, tokenizer: "/nowhere")

  /// A sweep over the weight of one word; `steps` of the run, `variants` cells.
  static func submission(
    facts: ModelFacts = facts, folder: String = "/nowhere", name: String = "small",
    prompt: String = "a cat", variants: Int = 3, steps: Int = 4, seed: UInt64 = 1,
    numerics: Numerics = Numerics()
  ) -> Submission {
    let source = SourceSpec(
      model: facts.digest, prompt: prompt, seed: seed, steps: steps, guidance: 3,
      width: facts.width, height: facts.height, numerics: numerics)
    let edits = (0..<variants).map { index in
      ResolvedEdit(
        prompt: prompt, method: .none, steps: steps, textLength: facts.textLength,
        mapper: .identity, cross: StepWindow(0, steps), selfWindow: StepWindow(0, 0),
        weights: [
          .init(token: 2, value: 1.5 + Double(index), window: StepWindow(0, steps))
        ])
    }
    let all = edits.map { Submission.Variant(source: source.key, edit: $0) }
    return Submission(
      name: name,
      axes: [SweepAxis(name: "w:cat", values: (0..<variants).map { "\(1.5 + Double($0))" })],
      request: #"{"name":"\#(name)","prompt":"\#(prompt)"}"#, model: facts, modelFolder: folder,
      sources: [Submission.Source(source)], variants: all,
      cells: all.enumerated().map { index, variant in
        let value = "\(1.5 + Double(index))"
        return Submission.Cell(
          coordinates: [Coordinate(axis: "w:cat", value: value)], row: 0, column: index, page: 0,
          variant: variant.key, label: "cat → \(value)")
      })
  }

  /// Writes a sweep to a state folder.
  @discardableResult
  static func enqueue(_ submission: Submission, _ folder: StateFolder) throws -> Submitted {
    try folder.create()
    let store = try JobStore(folder)
    defer { try? store.close() }
    return try store.enqueue(
      submission, owner: getuid(), now: Int64(Date().timeIntervalSince1970 * 1000))
  }

  /// Reads the job table once.
  static func read<Value>(_ folder: StateFolder, _ body: (JobStore) throws -> Value) throws -> Value
  {
    let store = try JobStore(folder)
    defer { try? store.close() }
    return try body(store)
  }
}
