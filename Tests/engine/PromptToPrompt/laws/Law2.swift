import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import Testing

extension Laws {
  /// 2. With all windows empty, no weights and no blend, an edit equals a plain generation of its
  /// prompt from the same noise.
  @Suite struct EmptyWindows {
    @Test(arguments: [MapsPrecision.f16, .f32], ["", "ugly, blurry"])
    func equalAPlainGeneration(_ maps: MapsPrecision, _ negative: String) throws {
      let prompt = "a chinchilla riding a bicycle on a street"
      let rig = try EditRig(negative: negative, maps: maps)
      let plain = try EditRig(prompt: prompt, negative: negative, maps: maps).runSource()
      let source = try rig.runSource()
      #expect(endApart(plain, source))
      let provider = HeldMaps(source.maps)
      let run = try rig.runVariants(
        [rig.resolved(.plainReprompt(prompt))], maps: provider)[0]
      #expect(run.injected == 0)
      #expect(provider.requests.isEmpty, "maps were asked for that nobody needs")
      expectSameRun(run, plain, "the plain re-prompt")
    }
  }
}
