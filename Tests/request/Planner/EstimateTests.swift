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

  /// Facts as of Stable Diffusion XL at 1024 × 1024, in float32.
  private var xl: ModelFacts {
    var facts = PlannedSweep.facts
    facts.digest = Digest(of: "xl".utf8)
    (facts.width, facts.height, facts.defaultWidth, facts.defaultHeight) = (1024, 1024, 1024, 1024)
    (facts.controlRows, facts.controlColumns) = (32, 32)
    (facts.weightBytes, facts.laneBytes) = (13_738_700_000, 1_000_000_000)
    facts.decodeBytes = 8_000_000_000
    facts.mapBytesPerPass = 2_768_896_000
    return facts
  }

  @Test func mapsThatAreTooManyAreMadeAgain() throws {
    let request = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("tau", "0,0.5,1"), ("self_tau", "0"))
    let submission = try PlannedSweep.expand(request, facts: xl).submission
    let quota: Int64 = 20 << 30
    func estimate(_ quota: Int64, lanes: Int = .max) -> SweepEstimate {
      SweepEstimate(submission, mapsQuota: quota, lanes: { _, _ in lanes })
    }
    let stored = estimate(.max)
    #expect(stored.mapBytes == 50 * xl.mapBytesPerPass && stored.unstoredMapBytes == 0)
    #expect(stored.remadeEvaluations == 0)
    // The source; the re-prompt, which is the edit of tau 0; tau 0.5 and 1, which share one half.
    #expect(stored.evaluations == 2 * (50 + 50 + 25 + 50))
    let together = estimate(quota)
    #expect(together.mapBytes == 0 && together.unstoredMapBytes == 50 * xl.mapBytesPerPass)
    // One row in every step for all that run; alone, one for each that takes maps there.
    #expect(together.remadeEvaluations == 50)
    #expect(together.evaluations == stored.evaluations + 50)
    #expect(together.plainEvaluations == stored.plainEvaluations + 50)
    #expect(Array(together.evaluationsByModel.values) == [together.evaluations])
    #expect(
      together.multiplyAdds == Double(together.evaluations) * Double(xl.multiplyAdds))
    let alone = estimate(quota, lanes: 1)
    #expect(alone.remadeEvaluations == 50)
    #expect(alone.plainEvaluations == stored.plainEvaluations + 25 + 50)
    let weights = try PlannedSweep.expand(
      PlannedSweep.request(
        ("to", "a fox wearing a crown"), ("tau", "1"), ("w:crown", "0.5,1,2"),
        ("reprompt", "false")), facts: xl
    ).submission
    let made = [1, 2, 3, 16].map { lanes in
      SweepEstimate(weights, mapsQuota: quota, lanes: { _, _ in lanes }).remadeEvaluations
    }
    #expect(made == [150, 100, 50, 50], "lanes of one order share what is made again")
    // Where the source is known, its maps are still not there.
    let known = SweepEstimate(submission, mapsQuota: quota) {
      $0 == submission.sources[0].key
    }
    #expect(known.remadeEvaluations == 50 && known.newSources == 0)
  }

  @Test func mapsFollowPrecisionLimitAndQuota() throws {
    var facts = xl
    func source(_ settings: (String, String)...) throws -> SourceSpec {
      var request = try PlannedSweep.request(("to", "a fox wearing a crown"))
      for (name, value) in settings { try request.set(name, to: value) }
      let sources = try PlannedSweep.expand(request, facts: facts).submission.sources
      return try #require(sources.first?.spec)
    }
    let plain = try source()
    #expect(facts.mapBytes(of: plain) == 50 * facts.mapBytesPerPass)
    #expect(
      facts.mapBytesPerPass(of: try source(("maps", "f32"))) == 2 * facts.mapBytesPerPass)
    #expect(facts.mapBytes(of: try source(("sampler", "pndm"))) == 51 * facts.mapBytesPerPass)
    let bytes = facts.mapBytes(of: plain)
    #expect(facts.storedMapBytes(of: plain, quota: 4 * bytes) == bytes)
    #expect(facts.storedMapBytes(of: plain, quota: 4 * bytes - 4) == 0)
    // `self_max` lets larger self-attention sites in, or keeps some out.
    func site(_ index: Int, _ kind: AttentionSite.Kind, _ side: Int, _ keys: Int) -> ModelFacts.Site
    {
      ModelFacts.Site(
        name: AttentionSite(stage: .down, index: index, kind: kind), rows: side, columns: side,
        heads: 10, keys: keys)
    }
    facts.sites = [
      site(0, .selfAttention, 64, 4096), site(0, .cross, 64, 77), site(1, .selfAttention, 32, 1024),
      site(1, .cross, 32, 77),
    ]
    let cross = 2 * 10 * 77 * (4096 + 1024)
    let (middle, large) = (2 * 10 * 1024 * 1024, 2 * 10 * 4096 * 4096)
    #expect(facts.mapBytesPerPass(of: try source(("self_max", "16"))) == Int64(cross))
    #expect(facts.mapBytesPerPass(of: try source(("self_max", "32"))) == Int64(cross + middle))
    #expect(
      facts.mapBytesPerPass(of: try source(("self_max", "64"), ("maps", "f32")))
        == 2 * Int64(cross + middle + large))
  }

  @Test func lanesLeaveRoomForWeightsAndMaps() throws {
    let sources = try PlannedSweep.expand(
      PlannedSweep.request(("to", "a fox wearing a crown")), facts: xl
    ).submission.sources
    let spec = try #require(sources.first?.spec)
    let memory = LaneMemory(xl, spec)
    let base = xl.weightBytes + xl.mapBytesPerPass
    #expect(memory.lanes(within: base + 3 * xl.laneBytes) == 3)
    #expect(memory.lanes(within: base + 3 * xl.laneBytes - 1) == 2)
    #expect(memory.lanes(within: 0) == 1, "without one nothing would ever run")
    // Few lanes take less than the picture that is decoded after them, many take more.
    #expect(memory.peak(lanes: 1) == xl.weightBytes + 8_000_000_000)
    #expect(memory.peak(lanes: 6) == base + 6 * xl.laneBytes)
    var exact = spec
    exact.maps = .f32
    #expect(
      LaneMemory(xl, exact).lanes(within: base + 3 * xl.laneBytes) == 1,
      "maps of twice the size leave room for fewer")
  }
}
