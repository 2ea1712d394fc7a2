import EditJobs
import Files
import Planner
import Testing

/// What a sampler means for a plan: its name in many spellings, and its passes in the costs.
@Suite struct SamplerTests {
  @Test(arguments: [("plms", SamplerKind.pndm), ("Euler", .euler), ("DPM++ 2M", .dpmpp2M)])
  func publishedSpellings(_ text: String, _ kind: SamplerKind) throws {
    let submission = try PlannedSweep.expand(PlannedSweep.request(("sampler", text))).submission
    #expect(submission.sources.map(\.spec.sampler) == [kind])
  }

  @Test func otherNamesAreRefusedWithTheLegalOnes() throws {
    let error = #expect(throws: EditError.self) {
      try PlannedSweep.request(("sampler", "DPM++ 2M Karras"))
    }
    #expect(error.map { "\($0)".contains("dpmpp_2m") } == true)
  }

  /// One more pass than steps: evaluated, kept as maps, and written as a record.
  @Test func costsCountPasses() throws {
    func estimate(_ sampler: String) throws -> SweepEstimate {
      SweepEstimate(
        try PlannedSweep.expand(
          PlannedSweep.request(("to", "a fox wearing a crown"), ("sampler", sampler))
        ).submission)
    }
    let (ddim, plms) = (try estimate("ddim"), try estimate("pndm"))
    #expect(ddim.guidedSteps == 3 * 50 && plms.guidedSteps == ddim.guidedSteps)
    #expect(ddim.evaluations == 3 * 100 && plms.evaluations == 3 * 102)
    #expect(ddim.mapBytes == 50 * 38_000_000 && plms.mapBytes == 51 * 38_000_000)
    #expect(plms.diskBytes > ddim.diskBytes + 3 * 51 * 3 * 64 * 64 * 4 * 4)
  }
}
