import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
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

    /// So is a weight whose window has no step, even beside the same of another word; and the window
    /// of a whole run is none.
    @Test func windowsOfNoStepAreNoWeights() throws {
      let rig = try EditRig(maps: .f16)
      let source = try rig.runSource()
      let prompt = "a chinchilla riding a bicycle on a street"
      func run(_ weights: [String: Double], _ windows: [String: Window]) throws -> EditRig.Run {
        let edit = EditSpec(prompt: prompt, weights: weights, weightWindows: windows)
        return try rig.runVariants([rig.resolved(edit)], of: source)[0]
      }
      let plain = try run([:], [:])
      let never = try run(["street": 3], ["street": Window(from: .steps(2), to: .steps(2))])
      expectSameRun(never, plain, "a window of no step")
      let always = try run(["street": 3], [:])
      expectSameRun(try run(["street": 3], ["street": .whole]), always, "the whole run")
      let late = try run(["street": 3], ["street": Window(from: .steps(2), to: .fraction(1))])
      expectSameRun(late, plain, through: 2, "before the window")
      #expect(endApart(late, plain) && endApart(late, always))
    }
  }
}
