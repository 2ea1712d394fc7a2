import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import Testing

extension Laws {
  /// 4. Two variants that differ only in the end of a window are identical up to the earlier end.
  @Suite struct WindowEnds {
    static let prompt = "a chinchilla riding a bicycle on a street"

    /// An edit whose window of some kind ends at a step.
    struct Kind: Sendable, CustomTestStringConvertible {
      let testDescription: String
      let edit: @Sendable (Int) -> EditSpec
    }

    static let kinds = [
      Kind(testDescription: "tau") { EditSpec(prompt: prompt, tau: Window(to: .steps($0))) },
      Kind(testDescription: "tau of a word") {
        EditSpec(prompt: prompt, tau: .whole, tauWords: ["bicycle": Window(to: .steps($0))])
      },
      Kind(testDescription: "self_tau") {
        EditSpec(prompt: prompt, selfTau: Window(to: .steps($0)))
      },
      Kind(testDescription: "weight window of a word") {
        EditSpec(
          prompt: prompt, weights: ["chinchilla": 2.5, "street": 0.5],
          weightWindows: ["chinchilla": Window(to: .steps($0))])
      },
      Kind(testDescription: "weight window") {
        EditSpec(
          prompt: prompt, weights: ["chinchilla": 2.5], weightWindow: Window(to: .steps($0)))
      },
    ]

    @Test(arguments: kinds, [MapsPrecision.f16, .f32])
    func doNotReachBack(_ kind: Kind, _ maps: MapsPrecision) throws {
      let rig = try EditRig(maps: maps)
      let source = try rig.runSource()
      let runs = try rig.runVariants([2, 4].map(kind.edit), of: source)
      #expect(runs.allSatisfy { $0.injected > 0 })
      expectSameRun(runs[0], runs[1], through: 2, kind.testDescription)
      #expect(
        runs[0].records[3].latents != runs[1].records[3].latents,
        "the end of the window changes nothing")
    }
  }
}
