import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

extension Laws {
  /// 5, for blended variants: not the lanes beside them, nor threads, nor interruptions, nor where a
  /// run was forked make a difference.
  @Suite struct BlendCompany {
    static let steps = 4
    static let prompt = "a chinchilla riding a bicycle on a street"

    static func spec(start: Int?, threshold: Double = 0.9) -> EditSpec {
      EditSpec(
        prompt: prompt, tau: Window(to: .steps(2)), weights: ["chinchilla": 1.5],
        blend: start.map {
          BlendSpec(
            words: .init(source: ["cat"], edit: ["chinchilla"]), substract: .init(edit: ["street"]),
            threshold: threshold, substractThreshold: 0.95, start: .steps($0))
        })
    }

    static let specs = [
      spec(start: 0), spec(start: 1, threshold: 0.8), spec(start: 3), spec(start: nil),
      EditSpec(
        prompt: "a cat riding a bicycle on a street at night",
        blend: BlendSpec(words: .init(edit: ["night"]), threshold: 0.9, start: .steps(1))),
    ]

    @Test(arguments: [MapsPrecision.f16, .f32], [1.0, 7.5])
    func laneAndBatchDoNotMatter(_ maps: MapsPrecision, _ guidance: Double) throws {
      let rig = try EditRig(steps: Self.steps, guidance: guidance, maps: maps)
      let source = try rig.runSource()
      let edits = try Self.specs.map(rig.resolved)
      let alone = try edits.map { try rig.runVariants([$0], of: source)[0] }
      #expect(alone.allSatisfy { $0.injected > 0 })
      for (one, other) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        #expect(endApart(alone[one], alone[other]), "\(one) and \(other)")
      }
      for batch in [[0, 1], [3, 0], [2, 4], [4, 3, 2, 1, 0]] {
        let runs = try rig.runVariants(batch.map { edits[$0] }, of: source)
        for (lane, run) in runs.enumerated() {
          expectSameRun(
            run, alone[batch[lane]], "variant \(batch[lane]) in lane \(lane) of \(batch)")
        }
      }
    }

    @Test func threadsDoNotMatter() throws {
      let runs = try [1, 2, 3].map { threads in
        let rig = try EditRig(
          steps: Self.steps, backend: TestedDevice.current.device(threads: threads))
        return try rig.runVariants(Self.specs, of: rig.runSource())
      }
      for (variant, run) in runs[0].enumerated() {
        for other in runs.dropFirst() { expectSameRun(other[variant], run, "variant \(variant)") }
      }
    }

    /// Every sampler: interrupted after every pass, between the two of one step too, each run goes on
    /// from its file to the same bytes; and the masks are made again from the files.
    @Test(arguments: SamplerKind.allCases)
    func resumedAfterEveryPass(_ kind: SamplerKind) throws {
      let rig = try EditRig(steps: Self.steps, sampler: kind)
      let source = try rig.runSource()
      let edits = try Self.specs.map(rig.resolved)
      let keys = edits.map { $0.key(source: rig.setting.spec.key) }
      let runs = try rig.runVariants(edits, of: source)
      #expect(endApart(runs[0], runs[3]) && endApart(runs[0], source))
      let straight = try TrajectoryFiles(rig.setting)
      for (key, run) in zip(keys, runs) { try straight.write(run.records, of: key) }
      try straight.write(source.records, of: rig.setting.spec.key)
      for pass in 0..<rig.setting.passes {
        let files = try TrajectoryFiles(rig.setting)
        for (key, run) in zip(keys, runs) { try files.write(run.records[...pass], of: key) }
        try goOn(edits, keys.map { try files.attempt($0) }, rig, source)
        for key in keys {
          let (found, expected) = (try files.bytes(key), try straight.bytes(key))
          #expect(found == expected, "\(kind), \(key.short) interrupted after pass \(pass)")
        }
      }
      try compareHistories(edits, keys, straight, rig)
    }

    /// A fork without blend is a trunk up to the blend's start, in all passes of the steps before.
    @Test(arguments: [SamplerKind.ddim, .pndm], [0, 1, 3])
    func forksEqualStraightRuns(_ kind: SamplerKind, _ start: Int) throws {
      let rig = try EditRig(steps: Self.steps, sampler: kind)
      let source = try rig.runSource()
      let edits = try [Self.spec(start: nil), Self.spec(start: start)].map(rig.resolved)
      let runs = try rig.runVariants(edits, of: source)
      let sampler = rig.setting.denoiser.sampler
      let (edge, acted) = (sampler.passes(completing: start), sampler.passes(completing: start + 1))
      expectSameRun(runs[1], runs[0], through: acted - 1, "\(kind) before the blend")
      #expect(runs[0].records[acted].latents != runs[1].records[acted].latents)
      expectSameBits(
        runs[1].records[acted].sums, runs[0].records[acted].sums, "the sums of the blended step")

      let keys = edits.map { $0.key(source: rig.setting.spec.key) }
      let (straight, fork) = (try TrajectoryFiles(rig.setting), try TrajectoryFiles(rig.setting))
      try straight.write(runs[1].records, of: keys[1])
      try fork.write(runs[0].records, of: keys[0])
      let writer = try fork.attempt(keys[1], trunk: (keys[0], edge))
      #expect(writer.last?.pass == edge)
      try goOn([edits[1]], [writer], rig, source)
      let (found, expected) = (try fork.bytes(keys[1]), try straight.bytes(keys[1]))
      #expect(found == expected, "\(kind), forked at \(start)")
    }

    private func goOn(
      _ edits: [ResolvedEdit], _ writers: [TrajectoryWriter], _ rig: EditRig,
      _ source: EditRig.Run
    ) throws {
      let starts = try writers.map { try #require($0.last) }
      let runs = try rig.runVariants(
        edits, of: source, maps: HeldMaps(source.maps), from: starts)
      for (writer, run) in zip(writers, runs) {
        for record in run.records.dropFirst() { try writer.append(record) }
        try writer.sync()
      }
    }

    private func compareHistories(
      _ edits: [ResolvedEdit], _ keys: [Key], _ files: TrajectoryFiles, _ rig: EditRig
    ) throws {
      let source = try files.reader(rig.setting.spec.key)
      for (edit, key) in zip(edits, keys) {
        let variant = try files.reader(key)
        let history = BlendHistory(
          edit, sampler: rig.setting.spec.sampler, source: source, variant: variant)
        guard let blend = edit.blend else {
          #expect(history == nil)
          continue
        }
        let steps = try #require(history).steps
        #expect(steps.map(\.step) == Array(blend.start..<Self.steps))
        for step in steps {
          let pass = rig.setting.denoiser.sampler.passes(completing: step.step + 1)
          let (found, original) = (
            try #require(variant.latents(pass)), try #require(source.latents(pass))
          )
          let closed = found.indices.filter { !step.mask.isOpen[$0 % step.mask.isOpen.count] }
          #expect(closed.allSatisfy { found[$0] == original[$0] }, "step \(step.step)")
        }
        #expect(steps.contains { $0.mask.area > 0 && $0.mask.area < 1 }, "\(key.short)")
      }
    }
  }
}
