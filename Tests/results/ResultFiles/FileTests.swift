import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Testing

@Suite struct FileTests {
  private let results: TemporaryResults
  init() throws { results = try TemporaryResults() }

  @Test func writtenFilesAreWholeAndLeaveNothingBehind() throws {
    let path = results.folder.path + "/x"
    try DurableFile.write([[1, 2], [], [3]], to: path, permissions: 0o444)
    #expect(try readBytes(path) == [1, 2, 3])
    try DurableFile.write([[4]], to: path)
    #expect(try readBytes(path) == [4])
    #expect(try unfinished.isEmpty)
  }

  @Test func aMissingFolderIsNamed() throws {
    do {
      try DurableFile.write([[1]], to: results.folder.path + "/no/x")
      Issue.record("there is no such folder")
    } catch let error as FileError {
      #expect(error.operation == "open" && error.isMissing && !error.isTransient)
    }
    #expect(throws: FileError.self) {
      try DurableFile.write([[1]], to: results.folder.variants)
    }
    #expect(try unfinished.isEmpty, "a name that a folder has")
  }

  private var unfinished: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: results.folder.path)
        .filter { $0.hasSuffix(".tmp") }
    }
  }

  @Test func whatKilledProgramsLeftIsRemovedAndNothingElse() throws {
    let folder = results.folder.inputs
    let left = DurableFile.unfinishedName(beside: "\(folder)/a")
    for path in [left, "\(folder)/a", "\(folder)/.p2p-mine", "\(folder)/x.tmp"] {
      try writeBytes([1], to: path)
    }
    DurableFile.removeUnfinished(in: folder, age: 60)
    #expect(FileManager.default.fileExists(atPath: left), "it is young")
    DurableFile.removeUnfinished(in: folder)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == [".p2p-mine", "a", "x.tmp"])
  }

  @Test func fullDisksAreTransientAndSayWhatToDo() {
    let error = FileError("pwrite", "/x", 28)
    #expect(error.isTransient)
    #expect(error.editError.code == "disk-full" && error.editError.status == .io)
    #expect(FileError("open", "/x", 13).editError.status == .notAllowed)
    #expect(!FileError("open", "/x", 2).isTransient)
    // Somebody may give the folder to its users again.
    for code in [13, 1, 30] as [Int32] {
      #expect(FileError("open", "/x", code).isTransient)
      #expect(FileError("open", "/x", code).editError.code == "not-allowed")
    }
  }

  @Test func aFolderIsLockedOnce() throws {
    let unit = try results.variant("a")
    do {
      let first = try unit.lock()
      let isTaken = try isLocked(unit)
      #expect(isTaken)
      _ = consume first
    }
    let isTaken = try isLocked(unit)
    #expect(!isTaken)
  }

  private func isLocked(_ unit: UnitFolder) throws -> Bool {
    if case .some = try unit.lock() { return false }
    return true
  }

  @Test func canonicalJSONIsOneLineWithSortedKeys() throws {
    struct Sample: Encodable {
      var b = 1.0
      var a: [Double] = [0.1, -0.0, 1e-7, 1e300]
      var big = UInt64.max
      var none: Int?
      var text = "é\"\\\n\u{1}"
      var nested: [String: Bool] = ["y": true, "x": false]
    }
    #expect(
      try CanonicalJSON(Sample()).text
        == #"{"a":[0.1,0,1e-07,1e+300],"b":1,"big":18446744073709551615,"#
        + #""nested":{"x":false,"y":true},"text":"é\"\\\n\u0001"}"#)
    #expect(throws: EncodingError.self) { try CanonicalJSON([Double.nan]) }
  }

  @Test func mapsComeBackAndDamageIsFound() throws {
    let unit = try results.source("s")
    let maps = [
      StoredMap(
        MapFacts(site: "down.0.cross", shape: [2, 3, 4], element: .f16),
        bytes: (0..<48).map { UInt8($0) }),
      StoredMap(
        MapFacts(site: "mid.0.self", shape: [1, 2, 2], element: .f32),
        bytes: (0..<16).map { UInt8($0) }),
    ]
    let writer = MapFileWriter(maps.map(\.facts), source: unit, pass: 7, numerics: "portable 7")
    for map in maps { map.bytes.withUnsafeBytes { writer.write(map.facts.site, $0) } }
    try writer.finish()
    let path = unit.maps(pass: 7)
    #expect(path.hasSuffix("/maps/pass-07.safetensors"))
    let file = try MapFile(source: unit, pass: 7, numerics: "portable 7")
    #expect(file.sites == ["down.0.cross", "mid.0.self"])
    for map in maps {
      #expect(try file.read(map.facts.site) == map)
    }
    #expect(throws: MapDamage.missing) { try file.read("up.0.self") }
    // Who only shows maps takes them as they are; who makes something of them does not.
    #expect(try MapFile(source: unit, pass: 7, numerics: nil).sites.count == 2)
    for other in ["portable 6", "portable 7 bf16", "native 7 A"] {
      let damage = #expect(throws: MapDamage.self) {
        try MapFile(source: unit, pass: 7, numerics: other)
      }
      #expect(
        damage == .bad("\(path): is of portable 7 numerics, not \(other)"),
        "\(String(describing: damage))")
    }
    #expect(throws: MapDamage.missing) {
      try MapFile(source: unit, pass: 8, numerics: "portable 7")
    }

    let whole = try readBytes(path)
    var found = 0
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 1
      try writeBytes(damaged, to: path)
      if isBad(unit, maps) { found += 1 }
      try writeBytes(Array(whole[..<place]), to: path)
      #expect(isBad(unit, maps), "cut to \(place) bytes")
    }
    // A space of the padding may become another blank; nothing else goes unnoticed.
    #expect(found >= whole.count - 8)
  }

  private func isBad(_ unit: UnitFolder, _ maps: [StoredMap]) -> Bool {
    guard let file = try? MapFile(source: unit, pass: 7, numerics: "portable 7") else {
      return true
    }
    return maps.contains { map in
      (try? file.read(map.facts.site)) != map
    }
  }

  @Test func meanMapsAreSumsOverSteps() throws {
    let unit = try results.variant("a")
    let maps = MeanMaps(sums: [1, 2, 3, 4], shape: [2, 1, 2], steps: 4)
    try unit.publish(maps.chunks(key: unit.key, numerics: "portable 7"), as: unit.meanMaps)
    #expect(try MeanMaps(path: unit.meanMaps) == maps)
    #expect(maps.values == [0.25, 0.5, 0.75, 1])
  }

  @Test func aManifestHoldsItsFilesToTheByte() throws {
    let unit = try results.variant("a")
    #expect(throws: Manifest.Damage.noManifest) { try Manifest.verify(unit) }
    try unit.publish([[1, 2, 3]], as: unit.picture)
    try unit.publish([[4]], as: unit.trajectory)
    let manifest = try Manifest(
      unit, files: ["image.png", "trajectory.bin"], pixels: Digest(of: [9]))
    try unit.publish([try manifest.bytes()], as: unit.manifest)
    #expect(try Manifest.verify(unit) == manifest)

    try FileManager.default.removeItem(atPath: unit.trajectory)
    #expect(throws: Manifest.Damage.missing("trajectory.bin")) { try Manifest.verify(unit) }
    try Manifest.verify(unit, evictable: ["trajectory.bin"])
    try writeBytes([5], to: unit.trajectory)
    #expect(throws: Manifest.Damage.changed("trajectory.bin")) {
      try Manifest.verify(unit, evictable: ["trajectory.bin"])
    }
    let text = try readBytes(unit.manifest)
    for place in text.indices {
      var damaged = text
      damaged[place] ^= 1
      try writeBytes(damaged, to: unit.manifest)
      #expect(throws: (any Error).self, "the flip at \(place)") {
        let found = try Manifest.verify(unit)
        if found != manifest { throw Manifest.Damage.badManifest }
      }
    }
  }
}
