import EditJobs
import Foundation
import Layers
import PromptAlignment
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors

/// A loaded model with one source, ready to run it and edits of it.
struct EditRig {
  let setting: SourceSetting
  let prompts: PromptEncoder
  let source: Prompt
  let negative: TextStates

  /// A source of a model folder; `size` is the model's own where it is not given.
  init(
    _ model: String = "tiny-sd1", prompt: String = "a cat riding a bicycle on a street",
    seed: UInt64 = 7, steps: Int = 5, guidance: Double = 7.5, negative: String = "",
    sampler: SamplerKind = .ddim, maps: MapsPrecision = .f16, selfMax: Int? = nil,
    latents: [Int]? = nil, photograph: Photograph? = nil,
    backend: any Backend = TestedDevice.current.device(threads: 2)
  ) throws {
    let loaded = try StableDiffusionModel(folder: Self.folder(model), backend: backend)
    let factor = loaded.description.latentShape(height: 512, width: 512)[1]
    var size = loaded.description.defaultSize
    if let latents {
      (size.rows, size.columns) = (latents[0] * 512 / factor, latents[1] * 512 / factor)
    }
    prompts = try PromptEncoder(loaded)
    source = try Prompt(prompt, tokenizer: prompts.tokenizers[0])
    let spec = SourceSpec(
      model: Digest(of: model.utf8), prompt: source.text, negative: negative, seed: seed,
      photograph: photograph, sampler: sampler, steps: steps, guidance: guidance,
      width: size.columns, height: size.rows, maps: maps, selfMax: selfMax)
    setting = try SourceSetting(spec, model: loaded)
    self.negative = try prompts.encodeNegative(spec.unconditionalPrompt)
  }

  /// The source of a golden case.
  init(_ test: EditCase, backend: any Backend = TestedDevice.current.device(threads: 2)) throws {
    try self.init(
      test.model, prompt: test.source.prompt, seed: test.source.seed, steps: test.source.steps,
      guidance: test.source.guidance, negative: test.source.negative,
      sampler: test.source.scheduler, maps: test.precision,
      selfMax: test.source.self_max, latents: test.size, backend: backend)
  }

  /// Where a model of the fixtures, or the bundled one, lies.
  static func folder(_ model: String) -> String {
    guard !model.hasPrefix("/") else { return model }
    let copied = fixture("models/\(model)")
    guard !FileManager.default.fileExists(atPath: copied) else { return copied }
    // The bundled model lies at the top of the repository.
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<5 { root.deleteLastPathComponent() }
    return root.appendingPathComponent("models/\(model)").path
  }

  /// The tokenizer that edits are said in.
  var tokenizer: CLIPTokenizer { prompts.tokenizers[0] }

  func context(_ prompt: Prompt) throws -> LaneContext {
    LaneContext(conditional: try prompts.encode(prompt.text), unconditional: negative)
  }

  func resolved(_ spec: EditSpec) throws -> ResolvedEdit {
    try spec.resolved(source: source, tokenizer: tokenizer, steps: setting.spec.steps)
  }

  /// A lane that stands at the noise, or at a record.
  func lane(_ edit: ResolvedEdit, from record: TrajectoryRecord? = nil) throws
    -> VariantBatch.Lane
  {
    VariantBatch.Lane(
      key: edit.key(source: setting.spec.key),
      plan: try EditPlan(edit, source: setting.spec, textLength: setting.textLength),
      context: try context(Prompt(edit.prompt, tokenizer: tokenizer)),
      unit: record.map(setting.unit) ?? setting.noise())
  }

  /// What a whole run left: every record, and a source's maps by pass.
  struct Run {
    var records: [TrajectoryRecord]
    var maps: [MapTable] = []
    /// Columns injected over all passes and sites.
    var injected: Int { records.reduce(0) { $0 + $1.injected.reduce(0) { $0 + Int($1) } } }
  }

  func runSource(keepingMaps: Bool = true) throws -> Run {
    var run = SourceRun(setting, context: try context(source))
    var result = Run(records: [setting.record(of: run.unit)])
    while !run.isComplete {
      if keepingMaps {
        result.maps.append(try run.advanceWithMaps().maps)
      } else {
        _ = try run.advance()
      }
      result.records.append(setting.record(of: run.unit))
    }
    return result
  }

  /// Runs edits as one batch to the end, or for some passes; records by lane.
  func runVariants(
    _ edits: [ResolvedEdit], of source: Run? = nil, maps: any MapProvider,
    from start: [TrajectoryRecord]? = nil, passes: Int? = nil
  ) throws -> [Run] {
    let lanes = try edits.enumerated().map { try lane($1, from: start?[$0]) }
    var batch = VariantBatch(
      setting, lanes: lanes, maps: maps, source: source.map { run in { run.records[$0] } })
    var runs = lanes.map { Run(records: [setting.record(of: $0.unit)]) }
    var left = passes ?? .max
    while !batch.isComplete, left > 0 {
      if let failure = try batch.advance().failures.first { throw failure.error }
      for (index, lane) in batch.lanes.enumerated() {
        runs[index].records.append(setting.record(of: lane.unit))
      }
      left -= 1
    }
    return runs
  }

  /// Runs edits of a source whose maps are held in memory.
  func runVariants(_ edits: [ResolvedEdit], of source: Run) throws -> [Run] {
    try runVariants(edits, of: source, maps: HeldMaps(source.maps))
  }

  /// Runs edits as requested, in words.
  func runVariants(_ edits: [EditSpec], of source: Run) throws -> [Run] {
    try runVariants(edits.map(resolved), of: source)
  }
}

extension SourceRun {
  /// One pass, with the maps of its injectable sites.
  mutating func advanceWithMaps() throws -> (result: PassResult, maps: MapTable) {
    var maps: MapTable = [:]
    let result = try advance { maps[$0] = $1 }
    return (result, maps)
  }
}

/// A source's maps in memory; asks for no more than it is asked to give.
final class HeldMaps: MapProvider {
  private let passes: [MapTable]
  private(set) var requests: [(position: PassPosition, sites: [AttentionSite])] = []

  init(_ passes: [MapTable]) { self.passes = passes }

  func maps(at position: PassPosition, sites: [AttentionSite]) throws -> MapSupply {
    requests.append((position, sites))
    let table = passes[position.pass].filter { sites.contains($0.key) }
    return MapSupply(maps: table, evaluations: 0)
  }
}
