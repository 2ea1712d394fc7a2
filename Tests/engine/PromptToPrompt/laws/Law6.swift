import EditJobs
import Files
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import Testing

extension Laws {
  /// 6. Every run reports, per site and step, what was injected; a variant whose windows are not empty
  /// and that injected nothing is a failure, not a picture.
  @Suite struct Reports {
    @Test(arguments: [nil, 8])
    func nameEverySiteAndStep(_ selfMax: Int?) throws {
      let rig = try EditRig(selfMax: selfMax)
      let source = try rig.runSource()
      let spec = EditSpec(
        prompt: "a cat riding a bicycle on a street at night",
        tau: Window(to: .steps(3)), tauWords: ["bicycle": Window(to: .steps(1))],
        selfTau: Window(from: .steps(2), to: .steps(4)))
      let edit = try rig.resolved(spec)
      let provider = HeldMaps(source.maps)
      let run = try rig.runVariants([edit], maps: provider)[0]
      guard case .refine(let sources) = edit.mapper else {
        Issue.record("not a refine: \(edit.mapper)")
        return
      }
      let inserted = sources.count { $0 == nil }
      #expect(inserted == 2)
      let sites = rig.setting.catalogue.entries
      let limit = selfMax.map { $0 * $0 } ?? 256
      #expect(Set(sites.map(\.size.queries)).contains { $0 > 64 })
      for step in 0..<5 {
        // "bicycle" is one token, and its own window ends first.
        let tokens = [0: 77 - inserted, 1: 76 - inserted, 2: 76 - inserted][step] ?? 0
        for (entry, count) in zip(sites, run.records[step + 1].injected) {
          let isOpen = (2..<4).contains(step) && entry.size.queries <= limit
          let expected = entry.site.kind == .cross ? tokens : isOpen ? entry.size.keys : 0
          #expect(Int(count) == expected, "\(entry.site), step \(step)")
        }
      }
      // Nothing is fetched that no window needs.
      #expect(provider.requests.map(\.position.step) == [0, 1, 2, 3])
      let kinds = provider.requests.map { Set($0.sites.map(\.kind)) }
      #expect(kinds == [[.cross], [.cross], [.cross, .selfAttention], [.selfAttention]])
    }

    @Test func refuseARunThatTookNothing() throws {
      let rig = try EditRig()
      let edit = try rig.resolved(EditSpec(prompt: "a dog riding a bicycle on a street"))
      #expect(throws: EditError.self) { try InjectionReport.check(edit, columns: 0) }
      try InjectionReport.check(edit, columns: 1)
      try InjectionReport.check(rig.resolved(.plainReprompt("a dog")), columns: 0)
    }
  }
}
