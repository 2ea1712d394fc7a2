import EditJobs
import Files
import Foundation
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

/// What holds of photographs to the bit.
@Suite(.serialized) struct InversionLaws {
  private let own = EditSpec(prompt: "a cat riding a bicycle on a street", selfTau: .whole)
  private let other = EditSpec(prompt: "a dog riding a bicycle on a street")

  /// The first latents of the file, the last of the source: a photograph comes back as its autoencoder
  /// has it. Each step of the run has the inversion's latents of its noise level.
  @Test(arguments: [MapsPrecision.f16, .f32], [1.0, 7.5])
  func directInversionRetracesItself(_ maps: MapsPrecision, _ guidance: Double) throws {
    let rig = try EditRig(inverting: .direct, guidance: guidance, maps: maps)
    let source = try rig.runPhotograph(rig.pictureLatents)
    #expect(source.inversion.map(\.pass) == [-4, -3, -2, -1, 0])
    #expect(source.run.records.map(\.pass) == [0, 1, 2, 3, 4])
    let back = source.run.records.map(\.latents)
    #expect(back == source.inversion.reversed().map(\.latents))
    #expect(back.last == rig.pictureLatents && Set(back.map { $0[0] }).count == 5)
    #expect(source.run.records.last?.sums.contains { $0 > 0 } == true)
    #expect(source.inversion.allSatisfy { $0.sums.allSatisfy { $0 == 0 } })
  }

  /// Law 1 for photographs: under negative-prompt inversion an unedited variant is the source.
  @Test(arguments: [MapsPrecision.f16, .f32], [1.0, 7.5])
  func anUneditedVariantIsTheSource(_ maps: MapsPrecision, _ guidance: Double) throws {
    let rig = try EditRig(inverting: .negativePrompt, guidance: guidance, maps: maps)
    let source = try rig.runPhotograph(rig.pictureLatents)
    let runs = try rig.runVariants([rig.resolved(own), rig.resolved(other)], of: source)
    #expect(runs[0].injected > 0)
    expectSameRun(runs[0], source.run, "unedited")
    #expect(runs[1].records.last?.latents != source.run.records.last?.latents)
  }

  /// Law 3 for photographs: an empty mask is the source, to its last step the photograph itself.
  @Test func anEmptyMaskGivesThePhotographBack() throws {
    let rig = try EditRig(inverting: .direct)
    let source = try rig.runPhotograph(rig.pictureLatents)
    var edit = other
    edit.blend = BlendSpec(
      words: .init(source: ["cat"], edit: ["dog"]), threshold: 1, start: .fraction(0))
    let run = try rig.runVariants([rig.resolved(edit)], of: source)[0]
    #expect(run.injected > 0)
    #expect(run.records.last?.latents == rig.pictureLatents)
    edit.blend = nil
    let free = try rig.runVariants([rig.resolved(edit)], of: source)[0]
    #expect(free.records.last?.latents != rig.pictureLatents)
  }

  /// Both inversions begin with the same steps, and direct edits do not look at the source prompt's
  /// unconditional branch.
  @Test func inversionsDifferFromTheNoiseOn() throws {
    let direct = try EditRig(inverting: .direct)
    let negative = try EditRig(inverting: .negativePrompt)
    let runs = try [direct, negative].map { try $0.runPhotograph($0.pictureLatents) }
    #expect(runs[0].inversion == runs[1].inversion)
    #expect(runs[0].run.records[1].latents != runs[1].run.records[1].latents)
    #expect(direct.setting.spec.key != negative.setting.spec.key)
  }

  /// What plans count is what runs evaluate.
  @Test(arguments: InversionKind.allCases, [1.0, 7.5])
  func evaluationsAreAsPlanned(_ kind: InversionKind, _ guidance: Double) throws {
    let rig = try EditRig(inverting: kind, guidance: guidance)
    let source = try rig.runPhotograph(rig.pictureLatents)
    #expect(source.evaluations == rig.setting.spec.evaluations)
    let rows = kind == .direct || guidance == 1 ? 2 : 3
    #expect(source.evaluations == rows * 4)
  }

  /// Interrupted after any step, through the file, a source has the same bytes.
  @Test(arguments: InversionKind.allCases)
  func interruptionsDoNotMatter(_ kind: InversionKind) throws {
    let rig = try EditRig(inverting: kind)
    let straight = try rig.runPhotograph(rig.pictureLatents)
    let records = straight.records
    let whole = try file(records, rig)
    #expect(whole.pass == 4 && whole.firstPass == -4 && whole.count == 9)
    for standing in 1..<records.count {
      let cut = try file(Array(records[..<standing]), rig)
      let last = try #require(cut.record(standing - 5))
      #expect(last == records[standing - 1])
      var run = SourceRun(
        rig.setting, context: try rig.context(rig.source), from: rig.setting.unit(from: last),
        trail: rig.setting.trail(in: cut))
      var resumed = Array(records[..<standing])
      while !run.isComplete {
        _ = try run.advance()
        resumed.append(rig.setting.record(of: run.unit))
      }
      #expect(resumed == records, "resumed after record \(standing - 5)")
    }
  }

  /// Maps that are gone are made again from the latents of the inversion, with the same bits.
  @Test(arguments: InversionKind.allCases)
  func mapsMadeAgainAreTheSame(_ kind: InversionKind) throws {
    let rig = try EditRig(inverting: kind)
    let source = try rig.runPhotograph(rig.pictureLatents)
    let again = RecomputedMaps(
      rig.setting, context: try rig.context(rig.source).conditional
    ) { source.run.records[$0].latents }
    let edit = try rig.resolved(other)
    let start = [source.run.records[0]]
    let kept = try rig.runVariants([edit], of: source)[0]
    let made = try rig.runVariants([edit], of: source.run, maps: again, from: start)[0]
    expectSameRun(made, kept, "with maps made again")
  }

  @Test func otherSamplersAreRefused() throws {
    let error = #expect(throws: EditError.self) {
      try EditRig(sampler: .euler, photograph: Photograph(image: Digest(of: [])))
    }
    #expect(error?.code == "inversion-sampler" && error?.hint == "--sampler ddim")
  }

  private func file(_ records: [TrajectoryRecord], _ rig: EditRig) throws -> TrajectoryReader {
    let folder = FileManager.default.temporaryDirectory.appending(path: "p2p-laws-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    let results = ResultFolder(folder.path)
    try results.create()
    let unit = results.source(rig.setting.spec.key)
    try unit.create()
    let header = rig.setting.header(
      key: unit.key, fingerprint: rig.setting.backend.fingerprint, isSource: true)
    let writer = try TrajectoryWriter(unit, header)
    for record in records { try writer.append(record) }
    try writer.sync()
    #expect(TrajectoryReader.standingPasses(path: unit.trajectory) == records.last?.pass)
    return try TrajectoryReader(path: unit.trajectory)
  }
}
