import EditJobs
import Testing
import TestInstruments

/// The tree of runs, by its laws over random tries.
@Suite struct RunTreeTests {
  /// A variant whose steps have signatures that are named by numbers.
  static func variant(_ signatures: [Int]) -> RunTree.Variant {
    var runs: [SignatureRun] = []
    for signature in signatures {
      let hash = Digest(of: "\(signature)".utf8)
      if runs.last?.hash == hash {
        runs[runs.count - 1].steps += 1
      } else {
        runs.append(SignatureRun(hash: hash, steps: 1))
      }
    }
    let text = signatures.map(String.init).joined(separator: ",")
    return RunTree.Variant(key: Key(Digest(of: text.utf8)), signatures: runs)
  }

  /// Variants that open their gate until a step.
  static func taus(_ steps: [Int], of total: Int) -> [[Int]] {
    steps.map { n in (0..<total).map { $0 < n ? 1 : 0 } }
  }

  /// Distinct lists of signatures with many shared beginnings.
  static func random(
    _ count: Int, steps: Int, letters: Int, _ generator: inout some RandomNumberGenerator
  ) -> [[Int]] {
    var lists: Set<[Int]> = []
    while lists.count < count {
      var list = lists.randomElement(using: &generator) ?? []
      list = Array(list.prefix(Int.random(in: 0...steps, using: &generator)))
      while list.count < steps {
        let letter = Int.random(in: 0..<letters, using: &generator)
        let run = Int.random(in: 1...3, using: &generator)
        list += repeatElement(letter, count: min(run, steps - list.count))
      }
      lists.insert(list)
    }
    return lists.sorted { $0.lexicographicallyPrecedes($1) }
  }

  static func nodes(_ lists: [[Int]]) -> Set<[Int]> {
    Set(lists.flatMap { list in (1...list.count).map { Array(list.prefix($0)) } })
  }

  @Test func tausCostWhatTheFormulaSays() {
    let steps = [10, 15, 20, 25, 30, 35, 40, 45, 50]
    let variants = Self.taus(steps, of: 50).map(Self.variant)
    let tree = RunTree(variants)
    let run = variants.reduce(0) { $0 + 50 - tree.sharedSteps($1.key) }
    #expect(run == 50 + steps.dropLast().reduce(0) { $0 + 50 - $1 })
    // With the source and guidance: the worked example of 560 evaluations.
    #expect(2 * (50 + run) == 560)
  }

  /// The example of `docs/lifecycle.md`.
  @Test func theExampleOfThePageIsPlannedSo() throws {
    let variants = Self.taus([4, 8, 12], of: 20).map(Self.variant)
    let tree = RunTree(variants)
    let page = try PageTable("docs/lifecycle.md", "variant")
    // The page takes tau 12 for the smaller key of the two that part last.
    let isSo = variants[2].key < variants[1].key
    let names = isSo ? ["tau 4", "tau 8", "tau 12"] : ["tau 4", "tau 12", "tau 8"]
    let trunk = isSo ? variants[2].key : variants[1].key
    var copied = 0
    for (name, variant) in zip(names, variants) {
      let shared = tree.sharedSteps(variant.key)
      copied += shared
      #expect(page[name, "copies steps"] == "\(shared)", "\(name)")
      #expect(page[name, "runs steps"] == "\(20 - shared)", "\(name)")
      #expect(tree.trunks[variant.key]?.key == (variant.key == trunk ? nil : trunk), "\(name)")
    }
    #expect(page["together", "copies steps"] == "\(copied)")
    #expect(page["together", "runs steps"] == "\(60 - copied)" && copied == 12)
  }

  @Test func theTrunkIsTheLeafThatPartsLast() throws {
    let variants = Self.taus([2, 4, 6], of: 8).map(Self.variant)
    let tree = RunTree(variants)
    let owner = min(variants[1].key, variants[2].key)
    let other = max(variants[1].key, variants[2].key)
    #expect(tree.trunks[owner] == nil)
    #expect(tree.trunks[other] == WorkOrder.Trunk(key: owner, step: 4))
    #expect(tree.trunks[variants[0].key] == WorkOrder.Trunk(key: owner, step: 2))
  }

  @Test(arguments: SeededRandom.seeds(0..<40))
  func everyNodeRunsOnce(seed: UInt64) {
    var generator = SeededRandom(seed: seed)
    let lists = Self.random(
      Int.random(in: 1...40, using: &generator), steps: Int.random(in: 6...12, using: &generator),
      letters: 3, &generator)
    let variants = lists.map(Self.variant)
    let byKey = Dictionary(zip(variants.map(\.key), lists), uniquingKeysWith: { first, _ in first })
    let tree = RunTree(variants)
    var run: [[Int]] = []
    for (variant, list) in zip(variants, lists) {
      let shared = tree.sharedSteps(variant.key)
      run += ((shared + 1)...list.count).map { Array(list.prefix($0)) }
      if let trunk = tree.trunks[variant.key] {
        #expect(trunk.step > 0 && trunk.step < list.count)
        #expect(byKey[trunk.key]?.prefix(trunk.step) == list.prefix(trunk.step))
        #expect(tree.sharedSteps(trunk.key) < trunk.step, "a trunk runs where its forks part")
      }
    }
    #expect(run.count == Set(run).count, "a node runs twice")
    #expect(Set(run) == Self.nodes(lists), "a node does not run")
    #expect(RunTree(variants.shuffled(using: &generator)).trunks == tree.trunks)
  }

  @Test(arguments: SeededRandom.seeds(0..<40))
  func whatIsStoredIsNotRunAgain(seed: UInt64) {
    var generator = SeededRandom(seed: seed &+ 1_000)
    let steps = Int.random(in: 6...12, using: &generator)
    let lists = Self.random(
      Int.random(in: 2...40, using: &generator), steps: steps, letters: 3, &generator)
    let shuffled = lists.shuffled(using: &generator)
    let cut = Int.random(in: 1..<lists.count, using: &generator)
    let (old, new) = (Array(shuffled[..<cut]), Array(shuffled[cut...]))
    let reach = old.map { _ in Int.random(in: 1...steps, using: &generator) }
    let stored = zip(old, reach).map { list, reach in
      RunTree.Stored(Self.variant(list), standing: min(reach, 2), reach: reach)
    }
    let variants = new.map(Self.variant)
    let tree = RunTree(variants, stored: stored)
    let there = Set(
      zip(old, reach).flatMap { list, reach in (1...reach).map { Array(list.prefix($0)) } })
    let byKey = Dictionary(
      zip(variants.map(\.key) + stored.map(\.variant.key), new + old),
      uniquingKeysWith: { first, _ in first })
    let reaches = Dictionary(
      zip(stored.map(\.variant.key), reach), uniquingKeysWith: { first, _ in first })
    var run: [[Int]] = []
    for (variant, list) in zip(variants, new) {
      let shared = tree.sharedSteps(variant.key)
      run += ((shared + 1)...list.count).map { Array(list.prefix($0)) }
      if let trunk = tree.trunks[variant.key] {
        #expect(byKey[trunk.key]?.prefix(trunk.step) == list.prefix(trunk.step))
        #expect((reaches[trunk.key] ?? steps) >= trunk.step, "a fork behind what is stored")
      }
    }
    #expect(run.count == Set(run).count)
    #expect(Set(run) == Self.nodes(new).subtracting(there))
    let again = RunTree(
      variants.shuffled(using: &generator), stored: stored.shuffled(using: &generator))
    #expect(again.trunks == tree.trunks)
  }

  @Test func oneOfATauGridThatGrowsRunsItsOwnSteps() throws {
    let old = Self.taus([10, 20, 30, 40], of: 50).map(Self.variant)
    let stored = old.map { RunTree.Stored($0, standing: 50, reach: 50) }
    let new = Self.variant(Self.taus([33], of: 50)[0])
    let trunk = try #require(RunTree([new], stored: stored).trunks[new.key])
    #expect(trunk == WorkOrder.Trunk(key: old[3].key, step: 33))
  }
}
