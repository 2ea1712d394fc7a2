import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Testing

@Suite struct TrajectoryTests {
  private let results: TemporaryResults
  init() throws { results = try TemporaryResults() }

  private func straight(_ unit: UnitFolder, passes: ClosedRange<Int> = 0...3) throws {
    let writer = try TrajectoryWriter(unit, .small(unit.key))
    for pass in passes { try writer.append(.small(pass)) }
    try writer.sync()
  }

  @Test func recordsComeBack() throws {
    let unit = try results.variant("a")
    try straight(unit)
    let reader = try TrajectoryReader(path: unit.trajectory)
    #expect(reader.header == .small(unit.key))
    #expect(reader.count == 4 && !reader.isCut)
    for pass in 0...3 { #expect(reader.record(pass) == .small(pass)) }
    #expect(reader.latents(2) == TrajectoryRecord.small(2).latents)
    #expect(reader.record(4) == nil && reader.latents(-1) == nil)
    #expect(TrajectoryReader.standingPasses(path: unit.trajectory) == 3)
    #expect(TrajectoryReader.standingPasses(path: unit.path + "/none") == nil)
  }

  @Test func everyTruncationIsCutToWholeRecords() throws {
    let unit = try results.variant("a")
    try straight(unit)
    let whole = try readBytes(unit.trajectory)
    var counts: Set<Int> = []
    for length in 0..<whole.count {
      let reader = TrajectoryReader(bytes: Array(whole[..<length]))
      for pass in 0..<reader.count { #expect(reader.record(pass) == .small(pass)) }
      #expect(reader.count < 4)
      counts.insert(reader.count)
      if length < 4096 { #expect(reader.header == nil && reader.count == 0) }
    }
    #expect(counts == [0, 1, 2, 3])
  }

  @Test func everyFlippedByteIsFound() throws {
    let unit = try results.variant("a")
    try straight(unit)
    let whole = try readBytes(unit.trajectory)
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= UInt8(1 << (place % 8))
      let reader = TrajectoryReader(bytes: damaged)
      #expect(reader.count < 4, "the flip at \(place)")
      #expect(reader.isCut || reader.header == nil)
      for pass in 0..<reader.count { #expect(reader.record(pass) == .small(pass)) }
    }
  }

  @Test func swappedAndForeignRecordsAndZeroTailsAreCut() throws {
    let (unit, other) = (try results.variant("a"), try results.variant("b"))
    try straight(unit)
    try straight(other)
    let (whole, foreign) = (try readBytes(unit.trajectory), try readBytes(other.trajectory))
    // Equal records under another header: the chain tells them apart.
    #expect(whole.count == foreign.count)
    #expect(TrajectoryReader(bytes: Array(whole[..<4096] + foreign[4096...])).count == 0)
    let padded = TrajectoryReader(bytes: whole + [UInt8](repeating: 0, count: 4096))
    #expect(padded.count == 4 && padded.isCut)
  }

  @Test func anAttemptKeepsGoodRecordsAndCutsTheRest() throws {
    let unit = try results.variant("a")
    try straight(unit)
    let whole = try readBytes(unit.trajectory)
    for length in stride(from: 0, to: whole.count, by: 37) {
      try writeBytes(Array(whole[..<length]), to: unit.trajectory)
      let standing = TrajectoryReader(bytes: Array(whole[..<length])).pass
      let writer = try TrajectoryWriter(unit, .small(unit.key))
      #expect(writer.resumedPass == standing)
      #expect(writer.last == standing.map { .small($0) })
      for pass in ((standing ?? -1) + 1)...3 { try writer.append(.small(pass)) }
      #expect(try readBytes(unit.trajectory) == whole, "resumed from \(length) bytes")
    }
  }

  @Test func aStaleWriterDoesNotReachTheNewFile() throws {
    let unit = try results.variant("a")
    let stale = try TrajectoryWriter(unit, .small(unit.key))
    try stale.append(.small(0))
    let fresh = try TrajectoryWriter(unit, .small(unit.key))
    try fresh.append(.small(1))
    let expected = try readBytes(unit.trajectory)
    try stale.append(.small(1, seed: 9))
    #expect(try readBytes(unit.trajectory) == expected)
  }

  @Test func anotherFingerprintStartsAgain() throws {
    let unit = try results.variant("a")
    try straight(unit)
    let writer = try TrajectoryWriter(unit, .small(unit.key, fingerprint: "native zen"))
    #expect(writer.last == nil && writer.resumedPass == nil)
    try writer.append(.small(0))
    #expect(try TrajectoryReader(path: unit.trajectory).count == 1)
  }

  @Test func aForkEqualsAStraightFile() throws {
    let (trunk, fork, plain) = (
      try results.variant("trunk"), try results.variant("fork"), try results.variant("fork")
    )
    try straight(trunk)
    for pass in 0...3 {
      try? FileManager.default.removeItem(atPath: fork.trajectory)
      let writer = try TrajectoryWriter(
        fork, .small(fork.key), trunk: (trunk.trajectory, pass))
      #expect(writer.last?.pass == pass)
      for rest in stride(from: pass + 1, through: 3, by: 1) { try writer.append(.small(rest)) }
      let forked = try readBytes(fork.trajectory)
      try FileManager.default.removeItem(atPath: fork.trajectory)
      try straight(plain)
      #expect(try readBytes(plain.trajectory) == forked, "forked at \(pass)")
    }
  }

  @Test func aForkBeforeItsTrunkIsThereIsATransientError() throws {
    let (trunk, fork) = (try results.variant("trunk"), try results.variant("fork"))
    try straight(trunk, passes: 0...1)
    do {
      _ = try TrajectoryWriter(fork, .small(fork.key), trunk: (trunk.trajectory, 2))
      Issue.record("the trunk ends before")
    } catch let error as EditError {
      #expect(error.code == "trunk-missing" && error.status == .temporary)
    }
  }

  @Test func theThrottleSyncsAllLanes() throws {
    let writers = try ["a", "b"].map { name in
      let unit = try results.variant(name)
      return try TrajectoryWriter(unit, .small(unit.key))
    }
    var throttle = SyncThrottle(interval: .zero)
    for writer in writers { try writer.append(.small(0)) }
    try throttle.syncIfDue(writers)
    #expect(try TrajectoryReader(path: results.variant("b").trajectory).count == 1)
  }
}
