import EditJobs
import Foundation
import Imaging
import ResultFiles
import RunMeasures
import Testing

@Suite(.serialized) struct WorkerOrderTests {
  private static let steps = WorkerResults.steps

  @Test func aSourceAndItsVariantsRunAndAreNotRunAgain() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve()
    let ready = try worker.read { $0.event == .ready }
    #expect(ready.protocol == WorkerEvent.protocolVersion)
    #expect(ready.digest == (try Inspected.facts().digest))
    #expect(ready.fingerprint == Numerics().text)

    try worker.send(.order(try results.order(token: 7)))
    try worker.read { $0.event == .idle }
    let source = worker.events.dropFirst()
    #expect(source.allSatisfy { $0.token == 7 })
    #expect(
      source.map(\.event)
        == [.begun] + Array(repeating: .step, count: Self.steps) + [.done, .idle])
    let steps = source.filter { $0.event == .step }
    #expect(steps.map(\.pass) == Array(1...Self.steps))
    #expect(steps.map(\.step) == Array(1...Self.steps))
    #expect(steps.allSatisfy { $0.of == Self.steps && $0.evaluations == 2 && ($0.ms ?? 0) > 0 })
    let manifest = try Manifest.verify(try results.source())
    #expect(source.last { $0.event == .done }?.manifest == Digest(of: try manifest.bytes()))

    let edits = try Undisturbed.edits()
    for token in [8, 9] as [Int64] {
      try worker.send(.order(try results.order(token: token, edits)))
      try worker.read { $0.event == .idle }
    }
    let first = worker.events.filter { $0.token == 8 }
    #expect(first.count { $0.event == .done } == edits.count)
    #expect(
      first.filter { $0.event == .step }.reduce(0) { $0 + ($1.evaluations ?? 0) }
        == 2 * Self.steps * edits.count, "no evaluation of the source")
    let again = worker.events.filter { $0.token == 9 }.map(\.event)
    #expect(again == Array(repeating: .done, count: edits.count) + [.idle])

    // Together they are what each is alone (law 5).
    for edit in edits {
      try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
    }
    try expectEqual(try results.source(), try Undisturbed.results().source())
    try worker.closeInput()
    _ = try worker.finish()
  }

  @Test func picturesCarryTheirRun() throws {
    let results = try Undisturbed.results()
    let edit = try Undisturbed.edits()[3]
    let variant = try results.variant(edit)
    let picture = try PNGFile(
      decoding: [UInt8](try Data(contentsOf: URL(filePath: variant.picture))))
    #expect(picture.pixels.width == 64 && picture.pixels.height == 64)
    #expect(Digest(of: picture.pixels.bytes) == (try Manifest.read(variant)).pixels)
    let infotext = try #require(Infotext(texts: picture.texts))
    #expect(infotext.prompt == edit.prompt)
    #expect(infotext["Seed"] == "3" && infotext["CFG scale"] == "3")
    #expect(infotext["P2P tau"] == "0-10 of 10" && infotext["P2P weights"] == "@2=-2")
    let chunk = try #require(picture.texts.first { $0.keyword == "p2p" }).text
    #expect(chunk.contains(#""key":"\#(variant.key)""#))
    #expect(!chunk.contains(WorkerProcess.model) && !chunk.contains("mini-shapes"))
    #expect(try VariantRequest.read(variant).edit == edit)
    let maps = try MeanMaps(path: variant.meanMaps)
    #expect(maps.shape == [try Inspected.facts().textLength, 16, 16])
  }

  @Test func injectionIsReportedPerSiteAndStep() throws {
    let results = try Undisturbed.results()
    let facts = try Inspected.facts()
    let edits = try Undisturbed.edits()
    let both = try TrajectoryReader(path: try results.variant(edits[0]).trajectory)
    let cross = try #require(both.header?.sites.firstIndex(of: "down.0.cross"))
    let own = try #require(both.header?.sites.firstIndex(of: "down.0.self"))
    for pass in 1...Self.steps {
      let record = try #require(both.record(pass))
      #expect(record.injected[cross] == UInt32(facts.textLength))
      #expect(record.injected[own] == (pass <= 3 ? 256 : 0))
    }
    let plain = try TrajectoryReader(path: try results.variant(edits[2]).trajectory)
    for pass in 0...Self.steps {
      #expect(plain.record(pass)?.injected.allSatisfy { $0 == 0 } == true)
    }
  }

  @Test func lostAndDamagedMapsAreMadeAgainWithTheSameBits() throws {
    let results = WorkerResults()
    try results.run(try results.order(mapsBudget: 0))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: try results.source().maps).isEmpty)
    let edit = try Undisturbed.edits()[0]
    let (status, events) = try results.run(try results.order([edit]))
    #expect(status == 0)
    #expect(
      events.reduce(0) { $0 + ($1.evaluations ?? 0) } == 3 * Self.steps,
      "one more evaluation in each step that injects")
    try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))

    // Two passes fit; one of them is damaged.
    let other = WorkerResults()
    try other.run(
      try other.order(mapsBudget: 2 * (try Inspected.facts().mapBytesPerPass)))
    let maps = try FileManager.default.contentsOfDirectory(atPath: try other.source().maps)
    #expect(maps.sorted() == ["pass-00.safetensors", "pass-01.safetensors"])
    let path = try other.source().maps(pass: 1)
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(filePath: path))
    let second = try other.run(try other.order([edit]))
    #expect(second.events.reduce(0) { $0 + ($1.evaluations ?? 0) } == 3 * Self.steps - 1)
    try expectEqual(try other.variant(edit), try Undisturbed.results().variant(edit))
  }

  @Test func theNumberOfThreadsAndOfLanesChangesNothing() throws {
    let results = WorkerResults()
    try results.run(try results.order(), threads: 1)
    try expectEqual(try results.source(), try Undisturbed.results().source())
    // Memory for one lane only: the variants run one after the other.
    let edits = try Array(Undisturbed.edits()[..<2])
    let worker = try WorkerProcess([
      "run", try results.file(try results.order(edits)), "--threads", "1", "--memory", "1",
    ])
    #expect(try worker.finish().status == 0)
    let units = worker.events.filter { $0.event == .step }.map(\.unit)
    #expect(Set(units[..<Self.steps]).count == 1)
    for edit in edits {
      try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
    }
  }

  @Test func forksPartFromTheirTrunkWhetherItRunsBesideThemOrNot() throws {
    let (long, short) = (try WorkerResults.edit(tau: Self.steps), try WorkerResults.edit(tau: 3))
    let straight = WorkerResults()
    try straight.run(try straight.order())
    try straight.run(try straight.order([long]))
    try straight.run(try straight.order([short]))

    let source = try WorkerResults.source().key
    let trunk = WorkOrder.Trunk(key: long.key(source: source), step: 3)
    let together = WorkerResults()
    try together.run(try together.order())
    let (status, events) = try together.run(
      try together.order([short, long], trunks: [0: trunk]))
    #expect(status == 0)
    #expect(
      events.reduce(0) { $0 + ($1.evaluations ?? 0) } == 2 * (Self.steps + Self.steps - 3))
    #expect(events.first { $0.event == .begun && $0.unit != trunk.key }?.pass == 3)
    let after = WorkerResults()
    try after.run(try after.order())
    #expect(
      try after.run(try after.order([short], trunks: [0: trunk])).status == 75,
      "the trunk has not run")
    try after.run(try after.order([long]))
    try after.run(try after.order([short], trunks: [0: trunk]))
    for results in [together, after] {
      for edit in [short, long] {
        try expectEqual(try results.variant(edit), try straight.variant(edit))
      }
    }
  }

  @Test func mapsOfAPassAreReadOrMadeAgain() throws {
    let results = WorkerResults()
    let order = try results.order()
    try results.run(order)
    let site = "up.4.cross"
    let stored = try MapFile(source: try results.source(), pass: 2, numerics: Numerics().text).read(
      site)
    func written() throws -> [UInt8] {
      let path = results.folder.path + "/m.safetensors"
      let (_, status) = try WorkerProcess([
        "maps", try results.file(order), "--pass", "2", "--site", site, "-o", path,
      ]).outputAndStatus()
      guard status == 0 else { throw WorkerTrouble(description: "maps ended with \(status)") }
      return [UInt8](try Data(contentsOf: URL(filePath: path)).suffix(stored.bytes.count))
    }
    let read = try written()
    #expect(read == stored.bytes)
    try FileManager.default.removeItem(atPath: try results.source().maps(pass: 2))
    let again = try written()
    #expect(again == stored.bytes)
  }
}
