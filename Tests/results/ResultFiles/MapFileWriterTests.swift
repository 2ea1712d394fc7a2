import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Safetensors
import Testing

/// A pass's maps as they are written, site by site.
@Suite struct MapFileWriterTests {
  private let results: TemporaryResults
  private let unit: UnitFolder
  /// The second has a checksum with leading zeros.
  private let maps: [StoredMap] = [
    StoredMap(
      MapFacts(site: "down.1.self", shape: [2, 3, 4], element: .f16),
      bytes: (0..<48).map { UInt8($0) }),
    StoredMap(
      MapFacts(site: "mid.0.self", shape: [1, 1, 2], element: .f32), bytes: Self.small),
    StoredMap(
      MapFacts(site: "down.0.cross", shape: [1, 5, 3], element: .f16),
      bytes: (0..<30).map { UInt8(255 - $0) }),
  ]

  init() throws {
    results = try TemporaryResults()
    unit = try results.source("s")
  }

  /// Eight bytes whose CRC-32 has fewer than ten digits.
  private static let small: [UInt8] = {
    var bytes = [UInt8](repeating: 7, count: 8)
    while PNGBuilder.crc32(bytes) >= 100_000_000 { bytes[bytes[7] == 255 ? 0 : 7] &+= 1 }
    return bytes
  }()

  private var facts: [MapFacts] { maps.map(\.facts) }

  private var unfinished: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: results.folder.path)
        .filter { $0.hasSuffix(".tmp") }
    }
  }

  private func expected(pass: Int) -> [UInt8] {
    var metadata = [
      "format": "1", "key": unit.key.description, "pass": "\(pass)", "numerics": "portable 7",
    ]
    for map in maps {
      let digits = "\(PNGBuilder.crc32(map.bytes))"
      metadata["crc32.\(map.facts.site)"] =
        String(repeating: "0", count: 10 - digits.count) + digits
    }
    var writer = SafetensorsWriter(metadata: metadata)
    for map in maps {
      writer.add(
        map.facts.site, map.facts.element == .f16 ? .float16 : .float32, shape: map.facts.shape,
        bytes: map.bytes)
    }
    return writer.bytes()
  }

  private func write(_ sites: [Int], to writer: MapFileWriter) {
    for map in sites.map({ maps[$0] }) {
      map.bytes.withUnsafeBytes { writer.write(map.facts.site, $0) }
    }
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) func bytesDoNotDependOnTheOrder(
    _ order: [Int]
  ) throws {
    let writer = MapFileWriter(facts, source: unit, pass: 3, numerics: "portable 7")
    #expect(try unfinished.isEmpty)
    write(Array(order[..<2]), to: writer)
    #expect(try unfinished.count == 1)
    #expect(throws: MapDamage.missing) {
      try MapFile(source: unit, pass: 3, numerics: "portable 7")
    }
    write(Array(order[2...]), to: writer)
    try writer.finish()
    #expect(try readBytes(unit.maps(pass: 3)) == expected(pass: 3))
    #expect(try unfinished.isEmpty)
    let file = try MapFile(source: unit, pass: 3, numerics: "portable 7")
    for map in maps { #expect(try file.read(map.facts.site) == map) }
  }

  @Test func bytesDoNotDependOnThreads() throws {
    for pass in 0..<50 {
      let writer = MapFileWriter(facts, source: unit, pass: pass, numerics: "portable 7")
      let maps = maps
      DispatchQueue.concurrentPerform(iterations: maps.count) { index in
        maps[index].bytes.withUnsafeBytes { writer.write(maps[index].facts.site, $0) }
      }
      try writer.finish()
      #expect(try readBytes(unit.maps(pass: pass)) == expected(pass: pass))
    }
  }

  @Test func whatIsGivenUpLeavesNothing() throws {
    let writer = MapFileWriter(facts, source: unit, pass: 0, numerics: "portable 7")
    write([0, 1], to: writer)
    writer.abandon()
    #expect(try unfinished.isEmpty)
    do {
      let forgotten = MapFileWriter(facts, source: unit, pass: 0, numerics: "portable 7")
      write([0], to: forgotten)
    }
    #expect(try unfinished.isEmpty)
    #expect(throws: MapDamage.missing) {
      try MapFile(source: unit, pass: 0, numerics: "portable 7")
    }
  }

  @Test func aFailureIsToldOnceAtTheEnd() throws {
    // No folder to write in.
    try FileManager.default.removeItem(atPath: unit.maps)
    let first = MapFileWriter(facts, source: unit, pass: 1, numerics: "portable 7")
    write([0, 1, 2], to: first)
    #expect { try first.finish() } throws: { ($0 as? FileError)?.operation == "open" }
    try unit.create()
    let kept = MapFileWriter(facts, source: unit, pass: 0, numerics: "portable 7")
    write([0, 1, 2], to: kept)
    try kept.finish()
    // Something is there that no file replaces.
    try FileManager.default.createDirectory(
      atPath: unit.maps(pass: 1), withIntermediateDirectories: false)
    let second = MapFileWriter(facts, source: unit, pass: 1, numerics: "portable 7")
    write([0, 1, 2], to: second)
    #expect { try second.finish() } throws: { ($0 as? FileError)?.operation == "rename" }
    #expect(try unfinished.isEmpty)
    #expect(try readBytes(unit.maps(pass: 0)) == expected(pass: 0))
  }

  @Test func whatAKilledWorkerLeftIsRemovedByTheNext() throws {
    let other = try results.source("t")
    let writers = [unit, other].map {
      MapFileWriter(facts, source: $0, pass: 0, numerics: "portable 7")
    }
    for writer in writers { write([0, 1, 2], to: writer) }
    #expect(try unfinished.count == 2)
    unit.removeUnfinished()
    #expect(try unfinished.count == 1)
    #expect { try writers[0].finish() } throws: { ($0 as? FileError)?.isMissing == true }
    try writers[1].finish()
    #expect(try readBytes(other.maps(pass: 0)).count == expected(pass: 0).count)
  }
}
