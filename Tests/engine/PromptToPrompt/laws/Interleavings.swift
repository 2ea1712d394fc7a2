import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Testing
import TestInstruments

extension Laws {
  /// Law 5 as a whole: seven variants of one tree, in lanes of 1, 2, 3 or 7 at random, joined, left,
  /// forked and resumed at random steps, on 1 or 2 threads, give the bytes of runs of their own.
  @Suite struct Interleavings {
    static let steps = 5

    static let specs =
      (0...4).map { tau in
        EditSpec(
          prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps(tau)),
          selfTau: Window(to: .steps(2)))
      } + [
        EditSpec(
          prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps(4)),
          selfTau: Window(to: .steps(3)), weights: ["chinchilla": 1.5]),
        EditSpec(
          prompt: "a cat riding a bicycle on a street at night", weights: ["night": -2]),
      ]

    @Test(arguments: SamplerKind.allCases, [1, 2])
    func bytesAreThoseOfStraightRuns(_ kind: SamplerKind, _ threads: Int) throws {
      let rig = try EditRig(
        steps: Self.steps, sampler: kind, backend: TestedDevice.current.device(threads: threads))
      let other = try EditRig(
        steps: Self.steps, sampler: kind,
        backend: TestedDevice.current.device(threads: 3 - threads))
      let (source, edits) = (try rig.runSource(), try Self.specs.map(rig.resolved))
      let straight = try TrajectoryFiles(other.setting)
      let otherSource = try other.runSource()
      for edit in edits {
        let run = try other.runVariants([edit], of: otherSource)[0]
        try straight.write(run.records, of: edit.key(source: other.setting.spec.key))
      }
      var happened = (forks: 0, joined: 0, left: 0)
      for seed in SeededRandom.seeds(1..<4) {
        var random = SeededRandom(seed: seed)
        let play = try InterleavedRuns(rig, edits, source)
        while try play.round(&random) {}
        happened.forks += play.forks
        happened.joined += play.joined
        happened.left += play.left
        for edit in edits {
          let key = edit.key(source: rig.setting.spec.key)
          let (found, expected) = (try play.files.bytes(key), try straight.bytes(key))
          #expect(found == expected, "\(kind), \(threads) threads, seed \(seed): \(key.short)")
        }
      }
      #expect(happened.forks > 0 && happened.joined > 0 && happened.left > 0)
    }
  }
}

/// Runs of a tree's variants whose company is drawn at random, written as attempts write them.
private final class InterleavedRuns {
  let files: TrajectoryFiles
  private(set) var (forks, joined, left) = (0, 0, 0)
  private let rig: EditRig
  private let edits: [Key: ResolvedEdit]
  private let trunks: [Key: WorkOrder.Trunk]
  private let source: EditRig.Run
  /// Passes that stand in a unit's file.
  private var standing: [Key: Int] = [:]

  init(_ rig: EditRig, _ edits: [ResolvedEdit], _ source: EditRig.Run) throws {
    (self.rig, self.source) = (rig, source)
    files = try TrajectoryFiles(rig.setting)
    let keyed = edits.map { ($0.key(source: rig.setting.spec.key), $0) }
    self.edits = Dictionary(uniqueKeysWithValues: keyed)
    // Variants of another prompt share nothing: they are a tree of their own.
    trunks = Dictionary(grouping: keyed, by: \.1.prompt).values.reduce(into: [:]) {
      trunks, family in
      let tree = RunTree(family.map { RunTree.Variant(key: $0.0, signatures: $0.1.signatures) })
      trunks.merge(tree.trunks) { one, _ in one }
    }
  }

  /// One batch from where its units stand to where they are left; `false` when all are whole.
  func round(_ random: inout SeededRandom) throws -> Bool {
    let ready = edits.keys.sorted().filter { startPass($0) != nil }
    guard let first = ready.randomElement(using: &random), let start = startPass(first) else {
      return false
    }
    let limit = [1, 2, 3, 7].randomElement(using: &random) ?? 1
    var writers: [Key: TrajectoryWriter] = [:]
    let members =
      [first]
      + ready.filter { $0 != first && startPass($0) == start }
      .shuffled(using: &random).prefix(limit - 1)
    var batch = VariantBatch(
      rig.setting, lanes: try members.map { try open($0, &writers) },
      maps: HeldMaps(source.maps), source: { [source] in source.records[$0] })
    for pass in start..<rig.setting.passes {
      if pass > start, random.next() % 4 == 0,
        let key = batch.lanes.randomElement(using: &random)?.key
      {
        batch.remove(key)
        try writers.removeValue(forKey: key)?.sync()
        left += 1
      }
      let comers = edits.keys.sorted().filter { writers[$0] == nil && startPass($0) == pass }
      for key in comers.shuffled(using: &random)
      where pass > start && batch.lanes.count < limit && random.next() % 2 == 0 {
        batch.add(try open(key, &writers))
        joined += 1
      }
      guard !batch.lanes.isEmpty else { break }
      #expect(try batch.advance().failures.isEmpty)
      for lane in batch.lanes {
        try writers[lane.key]?.append(rig.setting.record(of: lane.unit))
        standing[lane.key] = lane.unit.pass
      }
    }
    for writer in writers.values { try writer.sync() }
    return true
  }

  /// Where a unit would go on now; `nil` for one that is whole or waits for its trunk.
  private func startPass(_ key: Key) -> Int? {
    if let own = standing[key] { return own < rig.setting.passes ? own : nil }
    guard let trunk = trunks[key] else { return 0 }
    let edge = rig.setting.denoiser.sampler.passes(completing: trunk.step)
    return (standing[trunk.key] ?? 0) >= edge ? edge : nil
  }

  private func open(
    _ key: Key, _ writers: inout [Key: TrajectoryWriter]
  ) throws -> VariantBatch.Lane {
    let edit = try #require(edits[key])
    let isFork = standing[key] == nil && trunks[key] != nil
    if isFork { forks += 1 }
    let writer = try files.attempt(
      key,
      trunk: trunks[key].map {
        ($0.key, rig.setting.denoiser.sampler.passes(completing: $0.step))
      })
    writers[key] = writer
    guard let last = writer.last else {
      let lane = try rig.lane(edit)
      try writer.append(rig.setting.record(of: lane.unit))
      standing[key] = 0
      return lane
    }
    standing[key] = last.pass
    return try rig.lane(edit, from: last)
  }
}
