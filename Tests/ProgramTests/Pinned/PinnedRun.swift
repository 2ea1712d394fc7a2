import EditJobs
import Foundation
import Imaging
import ResultFiles

/// The runs whose hashes are pinned, of one model in one compute type: every sampler, a replace, a
/// refine with weights, a blend and a photograph, four steps each.
struct PinnedRun {
  /// What a run made, as the first sixteen digits of SHA-256 hashes.
  struct Outcome: Hashable {
    /// Of the final latents, float32, little endian.
    var latents: String
    /// Of the pixels, 8-bit RGB.
    var pixels: String
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
  ///   - isShort: whether the DDIM source, its edits and the photograph are enough.
  func outcomes(launcher: [String] = [], threads: Int = 2, isShort: Bool = false) throws
    -> [String: Outcome]
  {
    let results = WorkerResults()
    let worker = try worker(launcher, threads)
    var found: [String: Outcome] = [:]
    func run(_ source: SourceSpec, _ edits: [(name: String, edit: ResolvedEdit)]) throws {
      let order = WorkOrder(
        token: Int64(found.count + 1), model: model, results: results.folder.path,
        sourceKey: source.key, source: source,
        variants: edits.map { .init(key: $0.edit.key(source: source.key), edit: $0.edit) })
      try worker.send(.order(order))
      try worker.read { $0.event == .idle }
      let failure = worker.events.first { $0.event == .failed }
      guard failure == nil else { throw WorkerTrouble(description: "\(failure, default: "")") }
    }
    for sampler in isShort ? [.ddim] : SamplerKind.allCases {
      let source = source(sampler)
      try run(source, [])
      found["source, \(sampler.rawValue)"] = try outcome(results.folder.source(source.key))
    }
    let key = source().key
    try run(source(), edits)
    for (name, edit) in edits {
      found[name] = try outcome(results.folder.variant(edit.key(source: key)))
    }
    let (ppm, photograph) = photograph
    try results.folder.create()
    try Data(ppm).write(to: URL(filePath: results.folder.input(photograph.image)))
    let inverted = source(.ddim, photograph)
    try run(inverted, [])
    found["photograph"] = try outcome(results.folder.source(inverted.key))
    let edit = edits[0]
    try run(inverted, [edit])
    found["photograph, replace"] = try outcome(
      results.folder.variant(edit.edit.key(source: inverted.key)))
    try worker.closeInput()
    _ = try worker.finish()
    return found
  }

  private func worker(_ launcher: [String], _ threads: Int) throws -> WorkerProcess {
    var arguments = ["serve", "--model", model, "--digest", facts.digest.description]
    arguments += ["--threads", "\(threads)", "--dtype", compute.rawValue]
    if numerics.mode != .portable { arguments += ["--numerics", numerics.mode.rawValue] }
    guard let program = launcher.first else { return try WorkerProcess(arguments) }
    return try WorkerProcess(
      launcher.dropFirst() + [try WorkerProcess.program().path] + arguments, program: program)
  }

  private func outcome(_ unit: UnitFolder) throws -> Outcome {
    let reader = try TrajectoryReader(path: unit.trajectory)
    guard let pass = reader.pass, let latents = reader.latents(pass) else {
      throw WorkerTrouble(description: "\(unit.path) is not whole")
    }
    let bytes = latents.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    return Outcome(
      latents: String(Digest(of: bytes).description.prefix(16)),
      pixels: String(try Manifest.read(unit).pixels.description.prefix(16)))
  }
}
