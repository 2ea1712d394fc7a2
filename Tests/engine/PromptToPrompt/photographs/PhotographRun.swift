import EditJobs
import Foundation
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

extension EditRig {
  /// A photograph's source: every record of its inversion and of the run after it.
  struct PhotographRun {
    /// From the photograph's latents to the noise.
    var inversion: [TrajectoryRecord]
    /// From the noise on, as a generated source has it.
    var run: Run
    var evaluations = 0

    /// All records in the order of the file.
    var records: [TrajectoryRecord] { inversion.dropLast() + run.records }
  }

  /// A source of a made photograph, so that nothing but its latents matters.
  init(
    _ model: String = "tiny-sd1", prompt: String = "a cat riding a bicycle on a street",
    inverting kind: InversionKind, steps: Int = 4, guidance: Double = 7.5,
    negative: String = "", maps: MapsPrecision = .f16
  ) throws {
    try self.init(
      model, prompt: prompt, steps: steps, guidance: guidance, negative: negative, maps: maps,
      photograph: Photograph(image: Digest(of: []), inversion: kind))
  }

  /// Latents that could be a picture's.
  var pictureLatents: [Float] {
    setting.backend.download(noise(setting.latentShape, 11, on: setting.backend))
  }

  /// Where the source of a photograph with these latents begins.
  func start(_ latents: [Float]) -> UnitRun {
    setting.begin(latents: latents, pass: -setting.spec.inversionSteps)
  }

  func runPhotograph(_ latents: [Float]) throws -> PhotographRun {
    var source = SourceRun(setting, context: try context(source), from: start(latents))
    var all = [setting.record(of: source.unit)]
    var result = PhotographRun(inversion: [], run: Run(records: []))
    while !source.isComplete {
      let (pass, maps) = try source.advanceWithMaps()
      result.evaluations += pass.evaluations
      #expect((pass.position.pass < 0) == maps.isEmpty)
      if pass.position.pass >= 0 { result.run.maps.append(maps) }
      all.append(setting.record(of: source.unit))
    }
    let noise = setting.spec.inversionSteps
    (result.inversion, result.run.records) = (Array(all[...noise]), Array(all[noise...]))
    return result
  }

  /// Edits of a photograph, from the noise that its inversion found.
  func runVariants(_ edits: [ResolvedEdit], of source: PhotographRun) throws -> [Run] {
    try runVariants(
      edits, of: source.run, maps: HeldMaps(source.run.maps),
      from: edits.map { _ in source.run.records[0] })
  }
}
