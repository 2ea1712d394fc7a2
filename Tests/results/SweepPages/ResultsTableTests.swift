import EditJobs
import Files
import JobStore
import ResultFiles
import RunMeasures
import SweepPages
import Testing

/// Tables of results: columns, conditions, order, and the line that says whether tau does its work.
@Suite struct ResultsTableTests {
  let table: JobTable
  let results: TemporaryResults
  init() throws { (table, results) = (try JobTable(), try TemporaryResults()) }

  /// A finished sweep whose variants' distances are given, by tau.
  private func finished(_ grid: Grid, distance: (Int) -> Double) throws -> ResultsTable {
    let submitted = try table.enqueue(grid)
    for _ in 0..<grid.submission.variants.count + grid.submission.sources.count {
      try table.runHead()
    }
    for variant in grid.submission.variants {
      let folder = results.folder.variant(variant.key)
      try folder.create()
      var measures = Measures(
        latentDistance: distance(variant.edit.cross.to), mapDivergence: 0.25, injected: 9)
      measures.psnr = Measures.Decibels(variant.edit.cross.to == 12 ? .infinity : 20)
      let source = try #require(grid.submission.sources.first { $0.key == variant.source })
      let request = VariantRequest(source: source.spec, edit: variant.edit, measures: measures)
      try folder.publish([try request.bytes()], as: folder.request)
    }
    return ResultsTable(
      try SweepSnapshot(table.store, sweep: submitted.sweep), results: results.folder)
  }

  private func column(_ name: String, _ table: ResultsTable) throws -> [String?] {
    let index = try #require(table.columns.firstIndex(of: name))
    return table.rows.map { $0[index] }
  }

  @Test func measuresAreColumns() throws {
    let table = try finished(Grid()) { 1 / Double($0) }
    #expect(try column("psnr", table) == ["20", "20", "inf"])
    #expect(try column("latent_distance", table) == ["0.25", "0.125", "0.0833333"])
    #expect(try column("map_divergence", table) == ["0.25", "0.25", "0.25"])
    #expect(try column("injected", table) == ["9", "9", "9"])
    #expect(try column("ssim", table) == [nil, nil, nil])
    #expect(Set(table.columns).count == table.columns.count)
  }

  @Test func rowsAreChosenAndSorted() throws {
    var chosen = try finished(Grid(seeds: [1, 2], taus: [4, 8, 12])) { Double($0) }
    func rows(_ conditions: [String], _ sort: String?) throws -> [String] {
      let query = try ResultsQuery(where: conditions, sort: sort)
      return try query.rows(of: chosen).map { chosen.cells[$0].cell.place }
    }
    #expect(try rows(["tau>=0.4"], nil) == ["r1c2", "r1c3", "r2c2", "r2c3"])
    #expect(try rows(["tau >= 0.4", "seed = 2"], nil) == ["r2c2", "r2c3"])
    #expect(try rows(["psnr>30"], nil) == ["r1c3", "r2c3"])
    #expect(try rows(["tau!=0.20"], "-tau,-seed") == ["r2c3", "r1c3", "r2c2", "r1c2"])
    #expect(try rows(["ssim<1"], nil) == [])
    #expect(try rows(["state==done", "tau<0.3"], "ssim,-seed") == ["r2c1", "r1c1"])
    for (conditions, sort) in [(["tau"], nil), ([">1"], nil), (["no>1"], nil), ([], "no")] {
      #expect(throws: EditError.self) { try rows(conditions, sort) }
    }
    chosen.select([5, 0])
    let names = try column("cell", chosen).map { $0 ?? "" }
    #expect(names.map { String($0.prefix(11)) } == ["seed=2,tau=", "seed=1,tau="], "\(names)")
    #expect(names == chosen.cells.map(\.cell.name))
  }

  @Test func distanceShouldFallWithTau() throws {
    let falls = try finished(Grid(seeds: [1, 2], taus: [4, 8, 12, 16])) { 20 - Double($0) }
    let sanity = try #require(SweepSanity(falls.cells, falls.measures))
    #expect(sanity.correlation == -1)
    #expect(sanity.lines == 2)
    #expect(
      sanity.sentence
        == "tau against distance to the source: rank correlation −1.00 (falls as it should)")
  }

  @Test func withoutALineThereIsNothingToSay() throws {
    let two = try finished(Grid(taus: [4, 8])) { Double($0) }
    #expect(SweepSanity(two.cells, two.measures) == nil)
  }

  @Test func ranksAreShared() throws {
    #expect(RankCorrelation.spearman([1, 2, 3], [1, 4, 9]) == 1)
    #expect(RankCorrelation.spearman([1, 2, 3], [5, 5, 5]) == nil)
    // Ranks 1, 2, 3, 4 against 1, 2.5, 2.5, 4: ρ = 4.5 / √(5 · 4.5).
    let shared = try #require(RankCorrelation.spearman([1, 2, 3, 4], [0, 7, 7, 9]))
    #expect(abs(shared - 4.5 / (5 * 4.5).squareRoot()) < 1e-12)
    #expect(try #require(RankCorrelation.spearman([1, 2, 3, 4], [4, 3, 1, 2])) == -0.8)
  }
}
