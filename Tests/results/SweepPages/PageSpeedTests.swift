import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import ResultFiles
import RunMeasures
import SweepPages
import Testing

/// What pages cost grows with the cells, and no faster.
@Suite struct PageSpeedTests {
  /// The time of a body over a sweep of so many sources, the shortest of three.
  private func time(
    _ seeds: Int, taus: [Int], _ body: (SweepSnapshot, ResultFolder) throws -> Void
  ) throws -> Duration {
    let table = try JobTable()
    var submission = Grid(seeds: Array(1...UInt64(seeds)), taus: taus).submission
    // Columns are the first axis, rows the second.
    submission.axes.reverse()
    let sweep = try table.store.enqueue(submission, owner: 1, now: 1).sweep
    let snapshot = try SweepSnapshot(table.store, sweep: sweep)
    let results = ResultFolder("/nowhere")
    let clock = ContinuousClock()
    return try (0..<3).map { _ in try clock.measure { try body(snapshot, results) } }.min()
      ?? .zero
  }

  /// Four times the sources may take six times as long, not sixteen times.
  private func expectLine(
    _ name: String, taus: [Int] = [4], _ body: (SweepSnapshot, ResultFolder) throws -> Void
  ) throws {
    let (few, many) = (try time(500, taus: taus, body), try time(2000, taus: taus, body))
    #expect(many < few * 7 + .milliseconds(20), "\(name): \(few) for 500, \(many) for 2000")
  }

  @Test func theGridOfTwoThousandSeeds() throws {
    try expectLine("description") { snapshot, results in
      let grid = SweepGrid(snapshot, results: results).description()
      #expect(grid.pages.first?.rows.count == snapshot.cells.count)
      guard case .rows(let pairs) = grid.pages.first?.references else {
        Issue.record("sources stand beside their rows")
        return
      }
      #expect(pairs.compactMap { $0?.source?.caption }.last == "seed \(snapshot.cells.count)")
    }
  }

  @Test func theTableOfTwoThousandSeeds() throws {
    try expectLine("table", taus: [4, 8]) { snapshot, results in
      let table = ResultsTable(snapshot, results: results)
      #expect(table.csv.utf8.count > 100 * snapshot.rows.count)
    }
  }

  @Test func aSweepIsReadAtOneMomentInOneGo() throws {
    let table = try JobTable()
    let grid = Grid(seeds: Array(1...40), taus: [4, 8, 12])
    let sweep = try table.enqueue(grid).sweep
    let results = try table.store.sweepResults(sweep)
    let (detail, rows) = (results.detail, results.rows)
    let model = try #require(grid.submission.models.first)
    #expect(results.models == [model.facts.digest: model.facts] && results.comparisons.isEmpty)
    #expect(rows.map(\.cell) == detail.cells)
    for (row, cell) in zip(rows, grid.submission.cells) {
      #expect(row.cell.coordinates == cell.coordinates && row.name == "crown")
      let variant = try #require(grid.submission.variants.first { $0.key == cell.variant })
      #expect(row.edit == variant.edit && row.source.key == variant.source)
      #expect(row.modelFolder == "/models/mini" && row.evaluations == 0 && row.seconds == 0)
    }
    #expect(throws: EditError.self) { try table.store.sweepResults(99) }
  }

  @Test func workIsSplitInOrder() throws {
    let numbers = Array(0..<1_000)
    #expect(try numbers.concurrentMap { $0 * 2 } == numbers.map { $0 * 2 })
    #expect(try [Int]().concurrentMap { $0 }.isEmpty)
    struct Odd: Error, Equatable { var number: Int }
    #expect(throws: Odd(number: 3)) {
      try numbers.concurrentMap { if $0 % 4 == 3 { throw Odd(number: $0) } }
    }
  }
}
