import EditJobs
import Layers
import PromptAlignment
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

/// The laws of prompt-to-prompt and of resuming, for every sampler: equal means equal bits.
@Suite(.serialized) struct SamplerLaws {
  static let steps = 4
  static let edits = [
    EditSpec(
      prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps(3)),
      selfTau: Window(from: .steps(1), to: .steps(3)), weights: ["chinchilla": 1.5]),
    EditSpec(
      prompt: "a cat riding a bicycle on a street at night", tau: Window(to: .steps(1)),
      weights: ["night": -2]),
  ]

  private func rig(_ kind: SamplerKind, steps: Int = SamplerLaws.steps) throws -> EditRig {
    try EditRig(steps: steps, sampler: kind)
  }

  /// Law 1, also in runs of one and two steps.
  @Test(arguments: SamplerKind.allCases, [1, 2, 4])
  func ownPromptEqualsTheSource(_ kind: SamplerKind, _ steps: Int) throws {
    let rig = try rig(kind, steps: steps)
    let source = try rig.runSource()
    #expect(source.records.count == kind.passes(steps: steps) + 1)
    let specs = [
      EditSpec(prompt: rig.source.text, method: .none, tau: .whole, selfTau: .whole),
      EditSpec(prompt: rig.source.text, tau: Window(to: .steps(1)), selfTau: .empty),
    ]
    for run in try rig.runVariants(specs, of: source) {
      #expect(run.injected > 0)
      expectSameRun(run, source, "\(kind), \(steps) steps")
    }
  }

  /// Law 2.
  @Test(arguments: SamplerKind.allCases)
  func emptyWindowsEqualAPlainGeneration(_ kind: SamplerKind) throws {
    let prompt = "a chinchilla riding a bicycle on a street"
    let rig = try rig(kind)
    let plain = try EditRig(prompt: prompt, steps: Self.steps, sampler: kind).runSource()
    let source = try rig.runSource()
    #expect(endApart(plain, source))
    let run = try rig.runVariants([.plainReprompt(prompt)], of: source)[0]
    #expect(run.injected == 0)
    expectSameRun(run, plain, "\(kind)")
  }

  /// Law 4 and the fork: equal up to the step where windows part, in all passes of the steps before,
  /// and a fork's file equals one that ran straight.
  @Test(arguments: SamplerKind.allCases, 1..<Self.steps)
  func forksEqualStraightRuns(_ kind: SamplerKind, _ step: Int) throws {
    let rig = try rig(kind)
    let source = try rig.runSource()
    let edits = try [Self.steps, step].map {
      try rig.resolved(
        EditSpec(prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps($0))))
    }
    let runs = try rig.runVariants(edits, of: source)
    let edge = rig.setting.denoiser.sampler.passes(completing: step)
    expectSameRun(runs[0], runs[1], through: edge, "\(kind)")
    #expect(runs[0].records[edge + 1].latents != runs[1].records[edge + 1].latents)

    let files = try TrajectoryFiles(rig.setting)
    let keys = edits.map { $0.key(source: rig.setting.spec.key) }
    for (key, run) in zip(keys, runs) { try files.write(run.records, of: key) }
    let straight = try files.bytes(keys[1])
    let fork = try TrajectoryFiles(rig.setting)
    try fork.write(runs[0].records, of: keys[0])
    let writer = try fork.attempt(keys[1], trunk: (keys[0], edge))
    try goOn([edits[1]], [writer], rig, source)
    #expect(try fork.bytes(keys[1]) == straight, "\(kind)")
  }

  /// Law 5: lanes and batches.
  @Test(arguments: SamplerKind.allCases)
  func companyDoesNotMatter(_ kind: SamplerKind) throws {
    let rig = try rig(kind)
    let source = try rig.runSource()
    let edits = try Self.edits.map(rig.resolved)
    let alone = try edits.map { try rig.runVariants([$0], of: source)[0] }
    #expect(alone.allSatisfy { $0.injected > 0 } && endApart(alone[0], alone[1]))
    for batch in [[0, 1], [1, 0]] {
      let runs = try rig.runVariants(batch.map { edits[$0] }, of: source)
      for (lane, run) in runs.enumerated() {
        expectSameRun(run, alone[batch[lane]], "\(kind), lane \(lane) of \(batch)")
        #expect(run.records == alone[batch[lane]].records)
      }
    }
  }

  /// Law 5: interrupted after every pass, each run goes on from its file to the same bytes.
  @Test(arguments: SamplerKind.allCases)
  func resumedAfterEveryPass(_ kind: SamplerKind) throws {
    let rig = try rig(kind)
    let source = try rig.runSource()
    let edits = try Self.edits.map(rig.resolved)
    let runs = try rig.runVariants(edits, of: source)
    let keys = [rig.setting.spec.key] + edits.map { $0.key(source: rig.setting.spec.key) }
    let straight = try TrajectoryFiles(rig.setting)
    for (key, run) in zip(keys, [source] + runs) { try straight.write(run.records, of: key) }
    for pass in 0..<rig.setting.passes {
      let files = try TrajectoryFiles(rig.setting)
      for (key, run) in zip(keys, [source] + runs) {
        try files.write(run.records[...pass], of: key)
      }
      try goOn(from: files.attempt(keys[0]), rig)
      try goOn(edits, keys.dropFirst().map { try files.attempt($0) }, rig, source)
      for key in keys {
        let (found, expected) = (try files.bytes(key), try straight.bytes(key))
        #expect(found == expected, "\(kind), \(key.short) interrupted after pass \(pass)")
      }
    }
  }

  /// A source's maps made again from its file are those of its own run, in every pass.
  @Test(arguments: SamplerKind.allCases)
  func mapsAreMadeAgain(_ kind: SamplerKind) throws {
    let rig = try rig(kind)
    let source = try rig.runSource()
    let key = rig.setting.spec.key
    let files = try TrajectoryFiles(rig.setting)
    try files.write(source.records, of: key)
    let again = RecomputedMaps(rig.setting, context: try rig.context(rig.source).conditional) {
      try files.latents(key, $0)
    }
    let sites = rig.setting.catalogue.injectable.map(\.site)
    #expect(source.maps.count == rig.setting.passes)
    for pass in 0..<rig.setting.passes {
      let maps = try again.maps(at: rig.setting.denoiser.position(pass), sites: sites).maps
      for site in sites {
        let (found, expected) = (try #require(maps[site]), try #require(source.maps[pass][site]))
        expectSameBits(
          rig.setting.backend.download(found), rig.setting.backend.download(expected),
          "\(kind), pass \(pass), \(site)")
      }
    }
  }

  private func goOn(from writer: TrajectoryWriter, _ rig: EditRig) throws {
    let last = try #require(writer.last)
    var run = SourceRun(
      rig.setting, context: try rig.context(rig.source), from: rig.setting.unit(from: last))
    while !run.isComplete {
      _ = try run.advance()
      try writer.append(rig.setting.record(of: run.unit))
    }
    try writer.sync()
  }

  private func goOn(
    _ edits: [ResolvedEdit], _ writers: [TrajectoryWriter], _ rig: EditRig, _ source: EditRig.Run
  ) throws {
    let starts = try writers.map { try #require($0.last) }
    let runs = try rig.runVariants(edits, maps: HeldMaps(source.maps), from: starts)
    for (writer, run) in zip(writers, runs) {
      for record in run.records.dropFirst() { try writer.append(record) }
      try writer.sync()
    }
  }
}
