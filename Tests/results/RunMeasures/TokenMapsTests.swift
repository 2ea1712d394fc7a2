import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Testing

/// Averaged maps as the records hold them: the whole run, and its thirds.
@Suite struct TokenMapsTests {
  /// A unit of seven steps whose running sums grow by `step + 1` at token 0 and by 1 at token 1.
  private func unit(_ results: TemporaryResults, sampler: SamplerKind) throws -> UnitFolder {
    let unit = try results.source("heat")
    let passes = sampler.passes(steps: 7)
    let writer = try TrajectoryWriter(unit, .small(unit.key, passes: passes))
    for pass in 0...passes {
      let steps = sampler.completeSteps(after: pass, of: 7)
      var record = TrajectoryRecord.small(pass)
      record.sums = [Float(steps * (steps + 1) / 2), Float(steps)]
      try writer.append(record)
    }
    try writer.sync()
    let maps = MeanMaps(sums: [28, 7], shape: [2, 1, 1], steps: 7)
    try unit.publish(maps.chunks(key: unit.key, numerics: "portable 7"), as: unit.meanMaps)
    return unit
  }

  @Test(arguments: [SamplerKind.ddim, .pndm]) func thirdsAreDifferencesOfSums(
    _ sampler: SamplerKind
  ) throws {
    let results = try TemporaryResults()
    let unit = try unit(results, sampler: sampler)
    func values(_ third: RunThird?) throws -> [Float] {
      try TokenMaps(unit, third: third, steps: 7, sampler: sampler).values
    }
    #expect(try values(nil) == [4, 1])
    // Steps 0–1, 2–3, 4–6.
    #expect(try values(.early) == [1.5, 1])
    #expect(try values(.middle) == [3.5, 1])
    #expect(try values(.late) == [6, 1])
  }

  @Test func aWordIsTheSumOfItsTokens() {
    let maps = TokenMaps(tokens: 3, rows: 1, columns: 2, values: [1, 2, 10, 20, 100, 200])
    #expect(maps.map(of: [0, 2]).values == [101, 202])
    #expect(maps.map(of: [0, 7]).values == [1, 2], "a token beyond the window has nothing")
  }

  @Test func whatIsNotThereIsSaid() throws {
    let results = try TemporaryResults()
    let unit = try results.source("nothing")
    let missing = #expect(throws: EditError.self) {
      try TokenMaps(unit, third: nil, steps: 7, sampler: .ddim)
    }
    #expect(missing?.status == .missing && missing?.code == "no-maps")
    let short = #expect(throws: EditError.self) {
      try TokenMaps(unit, third: .early, steps: 2, sampler: .ddim)
    }
    #expect(short?.code == "third-empty")
  }
}
