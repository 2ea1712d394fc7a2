import EditJobs
import PromptToPrompt
import ResultFiles
import Testing

extension Laws {
  /// 3. All weights 1 = no weights. (Its half about masks: `BlendMasks`.)
  @Suite struct WeightsOfOne {
    @Test(
      arguments: [MapsPrecision.f16, .f32],
      [
        "a chinchilla riding a bicycle on a street", "a cat riding a bicycle on a street at night",
        "a cat riding a bicycle on a street",
      ])
    func areNoWeights(_ maps: MapsPrecision, _ prompt: String) throws {
      let rig = try EditRig(maps: maps)
      let source = try rig.runSource()
      let bare = try rig.resolved(EditSpec(prompt: prompt, tau: Window(to: .steps(3))))
      var weighted = bare
      weighted.weights = (0..<bare.textLength).map {
        .init(token: $0, value: 1, window: StepWindow(0, bare.steps))
      }
      let heavy = try rig.resolved(
        EditSpec(prompt: prompt, tau: Window(to: .steps(3)), weights: ["street": 3]))
      // Equal signatures give the first two one key, and a batch has one lane for each.
      let runs = try [bare, weighted, heavy].map { try rig.runVariants([$0], of: source)[0] }
      #expect(runs[1].injected > 0)
      expectSameRun(runs[1], runs[0], "weights of 1")
      #expect(runs[1].records.map(\.injected) == runs[0].records.map(\.injected))
      #expect(endApart(runs[2], runs[0]), "a weight of 3 changes nothing")
    }
  }
}
