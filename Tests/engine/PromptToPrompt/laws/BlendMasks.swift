import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import Testing

extension Laws {
  /// 3. An empty blend mask = the source's latents; a full mask = no blend.
  @Suite struct BlendMasks {
    static let prompts = [
      "a chinchilla riding a bicycle on a street", "a cat riding a bicycle on a street at night",
    ]

    private func spec(_ prompt: String, _ blend: BlendSpec?) -> EditSpec {
      EditSpec(
        prompt: prompt, tau: Window(to: .steps(3)), selfTau: Window(to: .steps(2)), blend: blend)
    }

    /// Nothing of a map exceeds its largest number, and every place of BOS's map exceeds nothing.
    private func blend(threshold: Double, start: Int) -> BlendSpec {
      BlendSpec(
        words: .init(source: ["@0"], edit: ["@0"]), threshold: threshold, start: .steps(start))
    }

    @Test(arguments: [MapsPrecision.f16, .f32], prompts)
    func emptyAndFull(_ maps: MapsPrecision, _ prompt: String) throws {
      let rig = try EditRig(maps: maps)
      let source = try rig.runSource()
      for start in [0, 2, 4] {
        let runs = try rig.runVariants(
          [
            spec(prompt, nil), spec(prompt, blend(threshold: 0, start: start)),
            spec(prompt, blend(threshold: 1, start: start)),
          ], of: source)
        let (bare, full, empty) = (runs[0], runs[1], runs[2])
        #expect(runs.allSatisfy { $0.injected > 0 } && endApart(bare, source))
        expectSameRun(full, bare, "a full mask from step \(start)")
        expectSameRun(empty, bare, through: start, "before the blend")
        for step in start..<5 {
          expectSameBits(
            empty.records[step + 1].latents, source.records[step + 1].latents,
            "an empty mask at step \(step)")
        }
      }
    }

    /// What is taken out everywhere leaves an empty mask; a blend in between is neither.
    @Test func substractedWordsCloseTheMask() throws {
      let rig = try EditRig()
      let source = try rig.runSource()
      var (closed, partial) = (blend(threshold: 0, start: 1), blend(threshold: 0, start: 1))
      (closed.substract, closed.substractThreshold) = (.init(edit: ["@0"]), 0)
      partial.words = .init(source: ["cat"], edit: ["chinchilla"])
      partial.threshold = 0.9
      let prompt = Self.prompts[0]
      let runs = try rig.runVariants(
        [spec(prompt, closed), spec(prompt, partial), spec(prompt, nil)], of: source)
      expectSameBits(runs[0].records[5].latents, source.records[5].latents, "a closed mask")
      #expect(endApart(runs[1], source) && endApart(runs[1], runs[2]))
      // Where the mask was closed at the last step, and there alone, the source's latents stand.
      let edit = try rig.resolved(spec(prompt, partial))
      let shapes = rig.setting.header(key: rig.setting.spec.key, fingerprint: "")
      let mask = LocalBlend(
        try #require(edit.blend), sums: shapes.sums, latents: shapes.latents
      ).mask(source: source.records[5].sums, variant: runs[1].records[5].sums)
      #expect(mask.area > 0.02 && mask.area < 0.98, "\(mask.area)")
      let (found, original) = (runs[1].records[5].latents, source.records[5].latents)
      for place in found.indices {
        let isOpen = mask.isOpen[place % mask.isOpen.count]
        #expect((found[place] == original[place]) != isOpen, "place \(place)")
      }
    }
  }
}
