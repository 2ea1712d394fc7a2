import EditJobs
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Testing

/// PLMS's first step has two passes: both are injected into, the second alone is counted.
@Suite struct TwoPassStep {
  @Test func countsOnceAndInjectsTwice() throws {
    let rig = try EditRig(steps: 3, sampler: .pndm)
    let source = try rig.runSource()
    #expect(source.records.count == 5 && source.maps.count == 4)
    #expect(source.maps.allSatisfy { $0.count == rig.setting.catalogue.injectable.count })
    let edit = try rig.resolved(
      EditSpec(
        prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps(1)),
        selfTau: Window(from: .steps(1), to: .steps(2))))
    let provider = HeldMaps(source.maps)
    let variant = try rig.runVariants([edit], maps: provider)[0]

    // Cross maps in both passes of step 0, self maps in the pass of step 1, nothing after.
    #expect(provider.requests.map(\.position) == (0..<3).map(rig.setting.denoiser.position))
    #expect(
      provider.requests.map { Set($0.sites.map(\.kind)) } == [[.cross], [.cross], [.selfAttention]])
    let counts = variant.records.map { $0.injected.reduce(0) { $0 + Int($1) } }
    #expect(counts[0] == 0 && counts[1] == counts[2] && counts[1] > 0)
    #expect(counts[3] > 0 && counts[4] == 0)

    // A source's tokens share each position among them: mean maps of a step add up to the positions.
    let control = rig.setting.catalogue.control
    let totals = source.records.map { $0.sums.reduce(0, +) / Float(control.rows * control.columns) }
    expectClose(totals, [0, 0, 1, 2, 3], tolerance: 1e-3, "sums of the records")
    for run in [source, variant] {
      #expect(run.records[1].sums.allSatisfy { $0 == 0 }, "the first guess is not counted")
      #expect(run.records[1].tensors["sample"]?.values == run.records[0].latents)
      #expect(run.records[2].sums.contains { $0 > 0 }, "the whole step is")
      #expect(run.records[1].latents != run.records[2].latents)
      #expect(run.records[2].tensors["sample"] == nil)
    }
  }
}
