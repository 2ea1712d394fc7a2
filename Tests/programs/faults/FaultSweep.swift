import EditJobs
import Foundation
import JobStore
import ResultFiles

/// A sweep that faults are made in, and what an undisturbed run of it leaves.
struct FaultSweep: Sendable {
  var name: String
  var steps: Int
  var cells: Int
  var axes: [String]

  /// One source and 64 variants; in the short form 12.
  static let large =
    Campaign.isFull
    ? FaultSweep(
      name: "large", steps: 20, cells: 64,
      axes: ["--tau", "0.1..0.8:0.1", "--w", "green=0.25..2:0.25"])
    : middle
  /// One source and 12 variants: they fit on a disk of 64 MiB.
  static let middle = FaultSweep(
    name: "middle", steps: 20, cells: 12,
    axes: ["--tau", "0.2,0.4,0.6,0.8", "--w", "green=0.5,1,2"])
  /// One source and four variants of six steps, for faults that need a run each.
  static let small = FaultSweep(
    name: "small", steps: 6, cells: 4, axes: ["--tau", "0.35,0.7", "--w", "green=0.5,2"])

  /// The command line of `p2p`.
  var arguments: [String] {
    [
      "sweep", "--name", name, "--key", name, "--no-reprompt", "--model", RealSweep.model,
      "--prompt", "a red circle next to a blue square on a white background", "--steps", "\(steps)",
      "--cfg", "3", "--seed", "7",
    ] + RealSweep.edit + axes
  }

  /// Writes the sweep to a job table; on the bundled model, or on a copy of it.
  func enqueue(_ folder: StateFolder, model: String = RealSweep.model) throws {
    let ran = try RealSweep.p2p(arguments.map { $0 == RealSweep.model ? model : $0 }, folder)
    guard ran.status == 0 else { throw FaultTrouble("p2p sweep: \(ran.errors)") }
  }

  /// What an undisturbed run leaves.
  struct Reference: Sendable {
    var digests: [String: Digest]
    /// What its units' files take.
    var bytes: Int
  }

  private actor References {
    private var known: [String: Task<Reference, any Error>] = [:]
    func of(_ sweep: FaultSweep) async throws -> Reference {
      let task = known[sweep.name] ?? Task { try await sweep.calm() }
      known[sweep.name] = task
      return try await task.value
    }
  }
  private static let references = References()

  /// Runs the sweep undisturbed, once in a process.
  func reference() async throws -> Reference { try await Self.references.of(self) }

  private func calm() async throws -> Reference {
    let folder = try TemporaryFolder()
    try enqueue(folder.state)
    let daemon = try DaemonUnderTest(folder.state, ["--embedded"])
    guard await daemon.ended(within: 600) == 0 else {
      throw FaultTrouble("the undisturbed run failed: \(daemon.log.text)")
    }
    let files = FileManager.default.enumerator(atPath: folder.state.results)
    let bytes = (files?.compactMap { $0 as? String } ?? []).reduce(0) { sum, file in
      var facts = stat()
      guard stat("\(folder.state.results)/\(file)", &facts) == 0 else { return sum }
      return sum + (facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : 0)
    }
    return Reference(digests: try RealSweep.digests(folder.state), bytes: bytes)
  }

  /// What must hold after any faults: every file as the undisturbed run's, every output once, and a
  /// job table that is whole.
  func judge(_ folder: StateFolder, _ campaign: inout Campaign, attempts: ClosedRange<Int>? = 0...0)
    async throws
  {
    let expected = try await reference().digests
    let found = try RealSweep.digests(folder)
    campaign.check(
      expected.keys.count == 5 + 5 * cells && Set(found.keys) == Set(expected.keys),
      "other files: \(Set(found.keys).symmetricDifference(expected.keys).sorted().prefix(4))")
    for (file, digest) in expected where found[file] != nil {
      campaign.check(found[file] == digest, "\(file) differs")
    }
    try SmallSweep.read(folder) { store in
      try store.quickCheck()
      let all = try store.cells(.all)
      campaign.check(all.count == cells, "\(all.count) cells, not \(cells)")
      campaign.check(
        all.allSatisfy { $0.state == .done }, "not done: \(all.filter { $0.state != .done }.count)")
      if let attempts {
        let counted = all.filter { !attempts.contains($0.variant.attempts) }
        campaign.check(counted.isEmpty, "\(counted.count) variants have attempts counted")
      }
      let finished = try store.events(limit: 1_000_000).filter { $0.kind == "finished" }
      campaign.check(
        finished.count == Set(finished.map(\.unit)).count && finished.count == cells + 1,
        "\(finished.count) finished events of \(cells + 1) units")
    }
  }

  /// Units that the job table calls done have files that verify.
  func verifyDone(_ folder: StateFolder, _ campaign: inout Campaign) throws {
    for row in try SmallSweep.read(folder, { try $0.units(in: .done) }) {
      let results = ResultFolder(folder.results)
      let unit = row.kind == .source ? results.source(row.key) : results.variant(row.key)
      do { try Manifest.verify(unit) } catch {
        campaign.problems.append("\(row.name) is done, but \(error)")
      }
    }
  }
}

/// Why a campaign could not go on.
struct FaultTrouble: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

extension Ledger {
  /// What must hold of evaluations after kills: every unit's passes follow each other, and one is made
  /// twice only where a kill lies between.
  ///
  /// A kill is known by the ledger's lengths when it was struck and when the worker was gone, which may
  /// have begun a pass in between.
  func judge(kills: [ClosedRange<Int>], _ campaign: inout Campaign) {
    var last: [String: (pass: Int, index: Int)] = [:]
    for (index, line) in lines.enumerated() {
      if let before = last[line.unit] {
        let isRepeat = line.pass == before.pass
        campaign.check(
          isRepeat || line.pass == before.pass + 1,
          "unit \(line.unit.prefix(8)) went from pass \(before.pass) to \(line.pass)")
        if isRepeat {
          campaign.check(
            kills.contains { before.index < $0.upperBound && $0.lowerBound <= index },
            "unit \(line.unit.prefix(8)) made pass \(line.pass) twice without a kill")
        }
      }
      last[line.unit] = (line.pass, index)
    }
  }
}
