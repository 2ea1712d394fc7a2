import EditJobs
import Planner
import Testing

@Suite struct EstimateTests {
  @Test func countsTheCrownSweep() throws {
    let submission = try PlannedSweep.expand(
      PlannedSweep.request(
        ("to", "a fox wearing a crown"), ("tau", "0..1:0.25"), ("w:crown", "0.5,1,2"))
    ).submission
    let estimate = SweepEstimate(submission)
    #expect(estimate.cells == 15)
    #expect(estimate.reprompts == 1)
    #expect(estimate.newVariants == 16)
    #expect(estimate.plainEvaluations == 17 * 100)
    // The source; the re-prompt; per weight of the crown the taus 0, 0.25 … 1 in a tree.
    #expect(estimate.guidedSteps == 50 + 50 + 3 * (50 + 50 + 38 + 25 + 13))
    #expect(estimate.evaluations == 2 * estimate.guidedSteps)
    #expect(estimate.publishedEvaluations == 16 * 200)
    #expect(estimate.mapBytes == 50 * 38_000_000)
    #expect(estimate.diskBytes > 17 * 51 * 4 * 64 * 64 * 4)
  }

  @Test func whatIsKnownCostsNothing() throws {
    let submission = try PlannedSweep.expand(
      PlannedSweep.request(("to", "a fox wearing a crown"), ("tau", "0,0.5,1"), ("cfg", "1"))
    ).submission
    let known = Set([submission.sources[0].key, submission.variants[0].key])
    let estimate = SweepEstimate(submission) { known.contains($0) }
    #expect((estimate.sources, estimate.newSources) == (1, 0))
    #expect((estimate.variants, estimate.newVariants) == (4, 3))
    // Without guidance a step is one evaluation.
    #expect(estimate.plainEvaluations == 3 * 50)
    #expect(estimate.mapBytes == 0)
    let nothing = SweepEstimate(submission) { _ in true }
    #expect((nothing.guidedSteps, nothing.diskBytes) == (0, 0))
  }
}
