import EditJobs
import Foundation
import JobStore
import ResultFiles
import RunMeasures
import TestInstruments

/// Damage of one file, as disks and half-finished writes leave it.
enum Damage: String, Sendable, CaseIterable {
  /// One bit is another.
  case flip
  /// The file ends early.
  case truncation
  /// The size was written and the last data were not.
  case zeroTail = "zero-tail"
  /// Two stretches of equal length changed places.
  case swap

  /// Damages a file; `false` where that would change nothing.
  func strike(_ path: String, _ random: inout SeededRandom) throws -> Bool {
    let url = URL(filePath: path)
    var bytes = [UInt8](try Data(contentsOf: url))
    let before = bytes
    guard bytes.count > 64 else { return false }
    switch self {
    case .flip:
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
    case .truncation:
      bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    case .zeroTail:
      let count = Int.random(in: 1..<min(bytes.count, 65_536), using: &random)
      bytes.replaceSubrange((bytes.count - count)..., with: repeatElement(0, count: count))
    case .swap:
      let length = Int.random(in: 16...min(4096, bytes.count / 4), using: &random)
      let first = Int.random(in: 0...(bytes.count / 2 - length), using: &random)
      let second = Int.random(in: (bytes.count / 2)...(bytes.count - length), using: &random)
      for offset in 0..<length { bytes.swapAt(first + offset, second + offset) }
    }
    guard bytes != before else { return false }
    try Data(bytes).write(to: url)
    return true
  }
}

/// A file whose damage somebody must notice.
enum Damageable: Sendable {
  /// The trajectory of a unit that is done: its manifest and its own sums tell.
  case finished(UnitFolder)
  /// The trajectory of a unit that is not done: its own sums tell, and what is left goes on.
  case begun(UnitFolder)
  /// The maps of one pass of a source.
  case maps(UnitFolder, pass: Int)

  var path: String {
    switch self {
    case .finished(let unit), .begun(let unit): unit.trajectory
    case .maps(let unit, let pass): unit.maps(pass: pass)
    }
  }

  /// Good records of a trajectory; 0 for maps.
  var records: Int {
    guard case .maps = self else { return (try? TrajectoryReader(path: path).count) ?? 0 }
    return 0
  }

  /// Whether reading the file says that it is damaged; `records` stood in it before.
  ///
  /// A trajectory that ends at a record's edge is a shorter one: nothing is wrong with it, and its
  /// unit goes on from there.
  func isNoticed(records before: Int) -> Bool {
    switch self {
    case .finished(let unit):
      return (try? Manifest.verify(unit)) == nil
    case .begun:
      guard let reader = try? TrajectoryReader(path: path) else { return true }
      return reader.header == nil || reader.isCut || reader.count < before
    case .maps(let unit, let pass):
      do {
        let file = try MapFile(source: unit, pass: pass, numerics: Numerics().text)
        for site in file.sites { _ = try file.read(site) }
        return false
      } catch { return true }
    }
  }
}

/// A sweep that was stopped in the middle: the source done, some variants done, some begun.
struct HalfFinished {
  let folder: TemporaryFolder
  let sweep: FaultSweep

  init(_ sweep: FaultSweep) async throws {
    (folder, self.sweep) = (try TemporaryFolder(), sweep)
    for _ in 0..<20 {
      try? FileManager.default.removeItem(atPath: folder.state.path)
      try sweep.enqueue(folder.state)
      let ledger = Ledger(path: "\(folder.path)/evaluations-\(UUID().uuidString)")
      let daemon = try DaemonUnderTest(
        folder.state, ["--embedded"], environment: ledger.environment)
      _ = await wait(120) {
        let lines = ledger.lines
        return !daemon.isRunning
          || (Set(lines.map(\.unit)).count > 5
            && lines.last.map { $0.pass == sweep.steps / 2 }
              ?? false)
      }
      daemon.signal(SIGTERM)
      guard await daemon.ended() == 0 else { throw FaultTrouble(daemon.log.text) }
      let begun = try SmallSweep.read(folder.state) { try $0.units(in: .parked) }
      if begun.contains(where: { $0.kind == .variant && $0.step > 2 }) { return }
    }
    throw FaultTrouble("the sweep could not be stopped in the middle")
  }

  /// A copy, and what in it may be damaged.
  func copy() throws -> (folder: TemporaryFolder, files: [Damageable]) {
    let copy = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: folder.state.path, toPath: copy.state.path)
    let results = ResultFolder(copy.state.results)
    var files: [Damageable] = []
    let (done, parked) = try SmallSweep.read(copy.state) { store in
      (try store.units(in: .done), try store.units(in: .parked))
    }
    for row in done {
      let unit = row.kind == .source ? results.source(row.key) : results.variant(row.key)
      files.append(.finished(unit))
      guard row.kind == .source else { continue }
      files += (0..<sweep.steps).map { .maps(unit, pass: $0) }
    }
    files += parked.filter { $0.kind == .variant }.map { .begun(results.variant($0.key)) }
    return (copy, files.filter { access($0.path, F_OK) == 0 })
  }
}
