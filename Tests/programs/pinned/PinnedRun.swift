import EditJobs
import Foundation
import Imaging
import ResultFiles
import RunMeasures

/// The runs whose hashes are pinned, of one model in one compute type: every sampler, a replace, a
/// refine with weights, a blend and a photograph, four steps each.
struct PinnedRun {
  /// What a run made, as the first sixteen digits of SHA-256 hashes.
  struct Outcome: Hashable {
    /// Of the final latents, float32, little endian.
    var latents: String
    /// Of the pixels, 8-bit RGB.
    var pixels: String
    /// The final latents.
    var values: [Float]
  }

  /// How much of it is run.
  enum Extent {
    /// Everything.
    case whole
    /// The DDIM source and its edits.
    case short
    /// The DDIM source.
    case source
  }

  static let steps = 4
  let model: String
  let facts: ModelFacts
  var compute = ComputeType.f32
  var numerics = Numerics()

  /// Asks the worker what it must know of a model's folder.
  init(model: String) throws {
    let (data, status) = try WorkerProcess(["inspect", model]).outputAndStatus()
    guard status == 0 else { throw WorkerTrouble(description: "inspect ended with \(status)") }
    (self.model, facts) = (model, try JSONDecoder().decode(ModelFacts.self, from: data))
  }

  private func source(_ sampler: SamplerKind = .ddim, _ photograph: Photograph? = nil)
    -> SourceSpec
  {
    SourceSpec(
      model: facts.digest, prompt: "a red circle on a blue background",
      seed: photograph == nil ? 11 : 0, photograph: photograph, sampler: sampler,
      steps: Self.steps, guidance: 3, width: facts.defaultWidth, height: facts.defaultHeight,
      compute: compute, numerics: numerics)
  }

  private func edit(
    _ mapper: TokenMapper, weights: [ResolvedEdit.TokenWeight] = [], blend: ResolvedBlend? = nil
  ) -> ResolvedEdit {
    ResolvedEdit(
      prompt: "a green circle on a yellow background", method: .none, steps: Self.steps,
      textLength: facts.textLength, mapper: mapper, cross: StepWindow(0, 3),
      selfWindow: StepWindow(0, 2), weights: weights, blend: blend)
  }

  /// The edits of the DDIM source, by name.
  private var edits: [(name: String, edit: ResolvedEdit)] {
    let columns = (0..<facts.textLength).map { token in
      // Token 2 is made of two words of the source.
      token == 2
        ? [TokenMapper.Share(token: 2, share: 0.5), .init(token: 3, share: 0.5)]
        : [TokenMapper.Share(token: token, share: 1)]
    }
    let sources = (0..<facts.textLength).map { $0 == 2 || $0 == 6 ? nil : $0 }
    let always = StepWindow(0, Self.steps)
    return [
      ("replace", edit(.replace(columns: columns))),
      (
        "refine, weights",
        edit(
          .refine(sources: sources),
          weights: [
            .init(token: 2, value: 2.5, window: always),
            .init(token: 6, value: -0.5, window: always),
          ])
      ),
      (
        "blend",
        edit(.identity, blend: ResolvedBlend(source: [3], edit: [3], threshold: 0.5, start: 1))
      ),
    ]
  }

  /// A made picture of the model's size: gradients and a disc.
  private var photograph: (ppm: [UInt8], photograph: Photograph) {
    let (width, height) = (facts.defaultWidth, facts.defaultHeight)
    var bytes: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (dx, dy) = (2 * x - width, 2 * y - height)
        let inside = 4 * (dx * dx + dy * dy) < width * height
        bytes += inside ? [220, 60, 40] : [UInt8(40 + x % 100), UInt8(90 + y % 100), 200]
      }
    }
    let ppm = PixelBuffer(width: width, height: height, bytes: bytes).ppm
    return (ppm, Photograph(image: Digest(of: ppm), inversion: .direct))
  }

  /// Makes every run with one worker and gives what came out by the run's name.
  ///
  /// - Parameters:
  ///   - launcher: a program and its arguments that the worker is run by; empty for none.
  ///   - threads: of the worker.
  ///   - extent: how much is run.
  func outcomes(launcher: [String] = [], threads: Int = 2, _ extent: Extent = .whole) throws
    -> [String: Outcome]
  {
    let worker = try worker(launcher, threads)
    let session = Session(model: model, worker: worker)
    var found: [String: Outcome] = [:]
    for sampler in extent == .whole ? SamplerKind.allCases : [.ddim] {
      found["source, \(sampler.rawValue)"] = try session.run(source(sampler))
    }
    if extent != .source {
      found.merge(try session.run(edits, of: source())) { $1 }
    }
    if extent == .whole {
      let (ppm, photograph) = photograph
      try session.results.folder.create()
      try Data(ppm).write(to: URL(filePath: session.results.folder.input(photograph.image)))
      let inverted = source(.ddim, photograph)
      found["photograph"] = try session.run(inverted)
      let edited = try session.run([edits[0]], of: inverted)
      found["photograph, replace"] = edited.values.first
    }
    try worker.closeInput()
    _ = try worker.finish()
    return found
  }

  private func worker(_ launcher: [String], _ threads: Int) throws -> WorkerProcess {
    var arguments = ["serve", "--model", model, "--digest", facts.digest.description]
    arguments += ["--threads", "\(threads)", "--dtype", compute.rawValue]
    if let kernels = numerics.kernels {
      arguments += ["--numerics", "native", "--kernels", kernels]
    }
    guard let program = launcher.first else { return try WorkerProcess(arguments) }
    return try WorkerProcess(
      launcher.dropFirst() + [try WorkerProcess.program().path] + arguments, program: program)
  }
}

/// A worker that does orders one after the other, into a results folder of its own.
private struct Session {
  let model: String
  let worker: WorkerProcess
  let results = WorkerResults()

  /// Makes a source.
  func run(_ source: SourceSpec) throws -> PinnedRun.Outcome {
    try order(source, [])
    return try outcome(results.folder.source(source.key))
  }

  /// Makes edits of a source that is made; what came out by their names.
  func run(
    _ edits: [(name: String, edit: ResolvedEdit)], of source: SourceSpec
  ) throws -> [String: PinnedRun.Outcome] {
    try order(source, edits.map(\.edit))
    return try Dictionary(
      uniqueKeysWithValues: edits.map {
        ($0.name, try outcome(results.folder.variant($0.edit.key(source: source.key))))
      })
  }

  private func order(_ source: SourceSpec, _ edits: [ResolvedEdit]) throws {
    let order = WorkOrder(
      token: 1, model: model, results: results.folder.path, sourceKey: source.key, source: source,
      variants: edits.map { .init(key: $0.key(source: source.key), edit: $0) })
    try worker.send(.order(order))
    try worker.read { $0.event == .idle }
    let failure = worker.events.first { $0.event == .failed }
    guard failure == nil else { throw WorkerTrouble(description: "\(failure, default: "")") }
  }

  private func outcome(_ unit: UnitFolder) throws -> PinnedRun.Outcome {
    let reader = try TrajectoryReader(path: unit.trajectory)
    guard let pass = reader.pass, let latents = reader.latents(pass) else {
      throw WorkerTrouble(description: "\(unit.path) is not whole")
    }
    let bytes = latents.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    return PinnedRun.Outcome(
      latents: String(Digest(of: bytes).description.prefix(16)),
      pixels: String(try Manifest.read(unit).pixels.description.prefix(16)),
      values: latents)
  }
}
