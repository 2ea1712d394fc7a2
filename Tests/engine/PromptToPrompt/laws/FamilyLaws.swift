import EditJobs
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

extension Laws {
  /// Families beside the first: each law that the way of telling a prompt could break.
  @Suite struct FamilyLaws {
    static let models = ["tiny-sd2", "tiny-sdxl"]
    private static let prompt = "a red circle next to a star"

    @Test(arguments: models, [1, 7.5])
    func theSourcesOwnPromptIsTheSource(_ model: String, _ guidance: Double) throws {
      let rig = try EditRig(model, prompt: Self.prompt, steps: 3, guidance: guidance)
      let source = try rig.runSource()
      let run = try #require(
        try rig.runVariants([EditSpec(prompt: Self.prompt)], of: source).first)
      #expect(run.injected > 0)
      for (a, b) in zip(source.records, run.records) {
        #expect(firstDifference(a.latents, b.latents) == nil)
      }
    }

    @Test(arguments: models) func lanesAndRecomputedMapsChangeNothing(_ model: String) throws {
      let rig = try EditRig(model, prompt: Self.prompt, steps: 3)
      let source = try rig.runSource()
      let edits = try [
        EditSpec(prompt: "a blue circle next to a star"),
        EditSpec(prompt: "a red circle next to a star on a pink background"),
      ].map(rig.resolved)
      let together = try rig.runVariants(edits, of: source)
      let recomputed = RecomputedMaps(
        rig.setting, context: try rig.context(rig.source).conditional
      ) { source.records[$0].latents }
      for (edit, run) in zip(edits, together) {
        let alone = try #require(try rig.runVariants([edit], maps: recomputed).first)
        #expect(alone.injected == run.injected && run.injected > 0)
        for (a, b) in zip(alone.records, run.records) {
          #expect(firstDifference(a.latents, b.latents) == nil)
          #expect(firstDifference(a.sums, b.sums) == nil)
        }
      }
    }

    /// An empty negative prompt is zeros for the third family, and another text is not.
    @Test func emptyNegativePrompts() throws {
      func last(_ negative: String) throws -> [Float] {
        let rig = try EditRig("tiny-sdxl", prompt: Self.prompt, steps: 2, negative: negative)
        if negative.isEmpty {
          #expect(rig.setting.backend.download(rig.negative.states).allSatisfy { $0 == 0 })
        }
        return try #require(try rig.runSource().records.last).latents
      }
      #expect(firstDifference(try last(""), try last("a star")) != nil)
    }
  }
}
