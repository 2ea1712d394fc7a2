import EditJobs
import Foundation
import GRDB
import JobStore
import Testing
import TestInstruments

/// What many submissions make of one family of variants, against planning all of it at once.
@Suite struct FamilyTests {
  /// A variant by the steps to which its two gates are open, and a weight from a step on.
  struct Setting: Hashable {
    var tau: Int
    var selfTau: Int
    var weight: Int
  }

  static let steps = 20

  static func settings(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [Setting] {
    var found: Set<Setting> = []
    while found.count < count {
      found.insert(
        Setting(
          tau: Int.random(in: 0...steps, using: &generator),
          selfTau: 2 * Int.random(in: 0...3, using: &generator),
          weight: Int.random(in: 0..<4, using: &generator)))
    }
    return found.sorted { ($0.tau, $0.selfTau, $0.weight) < ($1.tau, $1.selfTau, $1.weight) }
      .shuffled(using: &generator)
  }

  static func variant(_ setting: Setting, steps: Int = steps) -> Submission.Variant {
    let late = StepWindow(steps / 2, steps)
    return Submission.Variant(
      source: Grid(steps: steps).source(8).key,
      edit: ResolvedEdit(
        prompt: "a fox wearing a crown", method: .refine, steps: steps, textLength: 77,
        mapper: .refine(sources: Array(0..<77)), cross: StepWindow(0, setting.tau),
        selfWindow: StepWindow(0, setting.selfTau),
        weights: setting.weight == 0
          ? [] : [.init(token: 5, value: 1 + Double(setting.weight) / 4, window: late)]))
  }

  static func submission(_ settings: [Setting], name: String, steps: Int = steps) -> Submission {
    let variants = settings.map { variant($0, steps: steps) }
    let grid = Grid(steps: steps)
    return Submission(
      name: name, axes: [SweepAxis(name: "tau", values: settings.map { "\($0)" })],
      request: "{\"name\":\"\(name)\"}", model: grid.facts, modelFolder: "/models/mini",
      sources: [grid.source(8)], variants: variants,
      cells: zip(settings, variants).enumerated().map { column, pair in
        Submission.Cell(
          coordinates: [Coordinate(axis: "tau", value: "\(pair.0)")], row: 0, column: column,
          page: 0, variant: pair.1.key, label: "")
      })
  }

  /// The tree as the table has it, by the variants' keys, of those that have not begun.
  private func planned(_ table: JobTable) throws -> [Key: WorkOrder.Trunk] {
    try table.raw { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT v.key AS key, t.key AS trunk, v.trunk_step AS step
          FROM unit v JOIN unit t ON t.id = v.trunk_id
          WHERE v.step = 0 AND v.state IN ('scheduled', 'blocked', 'ready', 'parked')
          """)
      return try Dictionary(
        uniqueKeysWithValues: rows.map { row in
          (
            try Self.key(row["key"]),
            WorkOrder.Trunk(key: try Self.key(row["trunk"]), step: row["step"])
          )
        })
    }
  }

  private static func key(_ data: Data) throws -> Key {
    Key(try #require(Digest(bytes: Array(data))))
  }

  private func plain(_ variant: Submission.Variant) -> RunTree.Variant {
    // From the edit itself: what was kept of it must say the same.
    RunTree.Variant(key: variant.key, signatures: variant.edit.signatures)
  }

  @Test(arguments: SeededRandom.seeds(0..<8))
  func manySubmissionsPlanTheTreeOfAll(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed)
    let table = try JobTable()
    let all = Self.settings(60, &generator)
    var rest = all[...]
    while !rest.isEmpty {
      let some = Array(rest.prefix(Int.random(in: 1...20, using: &generator)))
      rest = rest.dropFirst(some.count)
      // Some of what is there comes again.
      let again = all.filter { !rest.contains($0) && !some.contains($0) }.prefix(2)
      _ = try table.store.enqueue(
        Self.submission(some + again, name: "s\(rest.count)"), owner: 1, now: 1)
    }
    let tree = RunTree(all.map { plain(Self.variant($0)) })
    #expect(try planned(table) == tree.trunks)
    #expect(tree.trunks.count > 30)
  }

  @Test(arguments: SeededRandom.seeds(0..<8))
  func whatHasBegunIsATrajectoryToWhatComesLater(seed: UInt64) throws {
    var generator = SeededRandom(seed: seed &+ 77)
    let table = try JobTable()
    let all = Self.settings(60, &generator)
    let (early, late) = (Array(all.prefix(40)), Array(all.suffix(20)))
    _ = try table.store.enqueue(Self.submission(early, name: "early"), owner: 1, now: 1)
    try table.runHead()
    for _ in 0..<Int.random(in: 1...10, using: &generator) { try table.runHead() }
    let running = try #require(try table.claim())
    try table.store.progress(
      [
        UnitProgress(
          key: running.units[0].key, token: running.token, step: 9, evaluations: 1, ms: 1)
      ], now: 20)
    _ = try table.store.enqueue(Self.submission(late, name: "late"), owner: 1, now: 30)

    var (fresh, stored): ([RunTree.Variant], [RunTree.Stored]) = ([], [])
    for setting in all {
      let variant = Self.variant(setting)
      let unit = try #require(try table.store.unit(variant.key))
      if unit.state.isOpen, unit.state != .running, unit.step == 0 {
        fresh.append(plain(variant))
      } else {
        stored.append(
          RunTree.Stored(plain(variant), standing: unit.step, reach: unit.steps))
      }
    }
    #expect(!fresh.isEmpty && stored.count > 1)
    #expect(try planned(table) == RunTree(fresh, stored: stored).trunks)
  }

  @Test func aLargeFamilyIsPlannedInLineAndASmallAdditionInMuchLess() throws {
    let steps = 250
    let settings = (0..<2_250).map { Setting(tau: $0 / 9, selfTau: $0 % 3, weight: $0 / 3 % 3) }
    func seconds(_ count: Int, _ table: JobTable) throws -> Double {
      let family = Self.submission(Array(settings.prefix(count)), name: "large", steps: steps)
      return try ThreadClock.measure { _ = try table.store.enqueue(family, owner: 1, now: 1) }
    }
    let quarter = try seconds(settings.count / 4, try JobTable())
    let table = try JobTable()
    let whole = try seconds(settings.count, table)
    let more = Self.submission(
      [Setting(tau: steps, selfTau: 1, weight: 1)], name: "more", steps: steps)
    let part = try ThreadClock.measure { _ = try table.store.enqueue(more, owner: 1, now: 2) }
    // Four times the family takes some five times as long, not sixteen times; one more a tenth of all.
    #expect(whole < 10 * quarter + 0.05, "\(quarter) s for a quarter, \(whole) s for all")
    #expect(part < whole / 2, "\(part) s beside \(whole) s")
    // One begins at step 0 for each way in which step 0 may go: both gates open or not.
    #expect(try planned(table).count == 2_251 - 4)
  }
}
