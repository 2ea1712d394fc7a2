import EditJobs
import PromptAlignment
import PromptToPrompt
import ResultFiles
import RunMeasures
import Testing

extension Laws {
  /// 1. An edit with the source's own prompt, any windows, no weights and no blend, equals the source.
  @Suite struct OwnPrompt {
    @Test(arguments: [MapsPrecision.f16, .f32], [1.0, 7.5])
    func equalsTheSource(_ maps: MapsPrecision, _ guidance: Double) throws {
      let rig = try EditRig(guidance: guidance, maps: maps)
      let prompt = rig.source.text
      let source = try rig.runSource()
      #expect(source.injected == 0)
      #expect(source.records.first?.latents != source.records.last?.latents)
      let specs = [
        EditSpec(prompt: prompt),
        EditSpec(prompt: prompt, method: .none, tau: .whole, selfTau: .whole),
        EditSpec(prompt: prompt, method: .replace, tau: .empty, selfTau: .whole),
        EditSpec(
          prompt: prompt, method: .refine, tau: Window(from: .steps(1), to: .steps(3)),
          tauWords: ["cat": Window(to: .steps(2)), "street": .whole],
          selfTau: Window(from: .steps(2), to: .steps(4))),
      ]
      let runs = try rig.runVariants(specs, of: source)
      for (spec, run) in zip(specs, runs) {
        #expect(run.injected > 0, "\(spec)")
        expectSameRun(run, source, "\(spec)")
      }
    }

    /// The mappers themselves map a prompt to itself, without the resolver's short cut.
    @Test(arguments: [MapsPrecision.f16, .f32])
    func mappersOfEqualPromptsCopy(_ maps: MapsPrecision) throws {
      let rig = try EditRig(maps: maps)
      let source = try rig.runSource()
      let count = rig.setting.textLength
      let mappers: [TokenMapper] = [
        .replace(columns: (0..<count).map { [.init(token: $0, share: 1)] }),
        // Every third token keeps its own map.
        .refine(sources: (0..<count).map { $0 % 3 == 0 ? nil : $0 }),
      ]
      let edits = mappers.map {
        ResolvedEdit(
          prompt: rig.source.text, method: .replace, steps: rig.setting.spec.steps,
          textLength: count, mapper: $0, cross: StepWindow(0, 4), selfWindow: StepWindow(1, 3))
      }
      for (edit, run) in zip(edits, try rig.runVariants(edits, of: source)) {
        #expect(run.injected > 0)
        expectSameRun(run, source, "\(edit.mapper)")
      }
    }
  }
}
