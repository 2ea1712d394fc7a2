import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Testing

/// The laws of photographs for the families beside the first: one predicts a velocity, the other is
/// told sizes and a pooled text.
@Suite(.serialized) struct InversionFamilies {
  static let models = ["tiny-sd2", "tiny-sdxl"]
  private static let prompt = "a red circle next to a star"
  private let own = EditSpec(prompt: prompt, selfTau: .whole)
  private let other = EditSpec(prompt: "a blue circle next to a star")

  private func rig(
    _ model: String, _ kind: InversionKind, guidance: Double = 7.5, maps: MapsPrecision = .f16
  ) throws -> EditRig {
    try EditRig(model, prompt: Self.prompt, inverting: kind, guidance: guidance, maps: maps)
  }

  @Test func oneOfThemPredictsAVelocity() throws {
    let predictions = try Self.models.map {
      try ModelDescription(folder: fixture("models/\($0)")).scheduler.prediction
    }
    #expect(predictions == [.velocity, .epsilon])
  }

  @Test(arguments: models, [1.0, 7.5])
  func directInversionRetracesItself(_ model: String, _ guidance: Double) throws {
    let rig = try rig(model, .direct, guidance: guidance)
    let source = try rig.runPhotograph(rig.pictureLatents)
    #expect(source.inversion.map(\.pass) == [-4, -3, -2, -1, 0])
    let back = source.run.records.map(\.latents)
    #expect(back == source.inversion.reversed().map(\.latents))
    #expect(back.last == rig.pictureLatents && Set(back.map { $0[0] }).count == 5)
    #expect(source.run.records.last?.sums.contains { $0 > 0 } == true)
    #expect(source.evaluations == rig.setting.spec.evaluations)
  }

  @Test(arguments: models, [MapsPrecision.f16, .f32])
  func anUneditedVariantIsTheSource(_ model: String, _ maps: MapsPrecision) throws {
    let rig = try rig(model, .negativePrompt, maps: maps)
    let source = try rig.runPhotograph(rig.pictureLatents)
    #expect(source.evaluations == rig.setting.spec.evaluations)
    let runs = try rig.runVariants([rig.resolved(own), rig.resolved(other)], of: source)
    #expect(runs[0].injected > 0)
    expectSameRun(runs[0], source.run, "unedited")
    #expect(runs[1].records.last?.latents != source.run.records.last?.latents)
  }

  @Test(arguments: models) func anEmptyMaskGivesThePhotographBack(_ model: String) throws {
    let rig = try rig(model, .direct)
    let source = try rig.runPhotograph(rig.pictureLatents)
    var edit = other
    edit.blend = BlendSpec(
      words: .init(source: ["red"], edit: ["blue"]), threshold: 1, start: .fraction(0))
    let run = try rig.runVariants([rig.resolved(edit)], of: source)[0]
    #expect(run.injected > 0)
    #expect(run.records.last?.latents == rig.pictureLatents)
  }

  @Test(arguments: models, InversionKind.allCases)
  func mapsMadeAgainAreTheSame(_ model: String, _ kind: InversionKind) throws {
    let rig = try rig(model, kind)
    let source = try rig.runPhotograph(rig.pictureLatents)
    let again = RecomputedMaps(
      rig.setting, context: try rig.context(rig.source).conditional
    ) { source.run.records[$0].latents }
    let edit = try rig.resolved(other)
    let kept = try rig.runVariants([edit], of: source)[0]
    let made = try rig.runVariants(
      [edit], of: source.run, maps: again, from: [source.run.records[0]])[0]
    expectSameRun(made, kept, "with maps made again")
  }

  /// Backwards and forwards again along the model's own prediction, without guidance and edits: what a
  /// step leaves undone gets less with its size. A prediction that was misread would lead far away.
  @Test(arguments: models) func theNoiseLeadsBackToThePicture(_ model: String) throws {
    func distance(_ steps: Int) throws -> Float {
      let rig = try EditRig(
        model, prompt: Self.prompt, inverting: .negativePrompt, steps: steps, guidance: 1)
      let source = try rig.runPhotograph(rig.pictureLatents)
      let end = try #require(source.run.records.last).latents
      let squares = zip(end, rig.pictureLatents).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return (squares / Float(end.count)).squareRoot()
    }
    let (few, many) = (try distance(5), try distance(40))
    #expect(many < 0.75 * few && many < 0.25, "\(few) after 5 steps, \(many) after 40")
  }
}
