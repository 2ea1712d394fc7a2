/// The tree of runs of one source and edit prompt: which variant runs which steps, and where the
/// others part from it.
///
/// Variants whose step signatures are equal from step 0 on share these steps. Each node of the trie
/// of signatures runs once, in the leaf below it that parts from the others last (ties: smallest key).
/// Steps that a stored trajectory has, or will have, are not run again.
public struct RunTree: Sendable {
  /// A variant with what acts in its steps.
  public struct Variant: Sendable, Hashable {
    /// Its key.
    public var key: Key
    /// What acts in each step, as runs of equal hashes.
    public var signatures: [SignatureRun]

    /// Makes a leaf of the tree.
    public init(key: Key, signatures: [SignatureRun]) {
      (self.key, self.signatures) = (key, signatures)
    }
  }

  /// A trajectory that exists: its edges stay as they are.
  public struct Stored: Sendable, Hashable {
    /// Whose it is.
    public var variant: Variant
    /// Complete steps that stand in it.
    public var standing: Int
    /// Complete steps that it will have: all of them while its unit is open or done.
    public var reach: Int

    /// Describes a trajectory.
    public init(_ variant: Variant, standing: Int, reach: Int) {
      (self.variant, self.standing, self.reach) = (variant, standing, reach)
    }
  }

  /// Where each variant parts from its trunk; absent for those that begin at step 0.
  public let trunks: [Key: WorkOrder.Trunk]

  /// Plans the runs of variants that have not begun; equal inputs in any order give equal trees.
  ///
  /// Of stored trajectories that share equally much, the one that stands furthest is taken, then the
  /// smallest key.
  public init(_ variants: [Variant], stored: [Stored] = []) {
    var walk = TrieWalk(variants, stored)
    trunks = walk.trunks()
  }

  /// Steps that a variant copies instead of running them.
  public func sharedSteps(_ variant: Key) -> Int { trunks[variant]?.step ?? 0 }
}

/// Walks the trie from its root, all variants at once: where they agree, and where they part.
private struct TrieWalk {
  /// The owner of the steps that a group shares, and the last step where it parts from another.
  private struct Owner {
    var leaf: Int
    var parting: Int
  }

  /// New variants by rising key, then stored ones in the order in which they are preferred.
  private let keys: [Key]
  /// Equal numbers stand for equal hashes: they are compared often.
  private let hashes: [[Int]]
  /// The step after each run, rising.
  private let ends: [[Int]]
  private let reach: [Int]
  private let freshCount: Int
  private var place: [Int]
  private var parents: [Int: WorkOrder.Trunk] = [:]
  private var stored: [Int: WorkOrder.Trunk] = [:]

  init(_ fresh: [RunTree.Variant], _ stored: [RunTree.Stored]) {
    let fresh = fresh.sorted { $0.key < $1.key }
    let stored = stored.sorted {
      ($1.standing, $1.reach, $0.variant.key) < ($0.standing, $0.reach, $1.variant.key)
    }
    let all = fresh + stored.map(\.variant)
    keys = all.map(\.key)
    var numbers: [Digest: Int] = [:]
    hashes = all.map { variant in
      variant.signatures.map { run in
        if let number = numbers[run.hash] { return number }
        numbers[run.hash] = numbers.count
        return numbers.count - 1
      }
    }
    ends = all.map { variant in
      var end = 0
      return variant.signatures.map { run in
        end += run.steps
        return end
      }
    }
    reach = fresh.map { _ in 0 } + stored.map(\.reach)
    freshCount = fresh.count
    place = [Int](repeating: 0, count: all.count)
  }

  mutating func trunks() -> [Key: WorkOrder.Trunk] {
    _ = visit(Array(0..<freshCount), Array(freshCount..<keys.count), depth: 0)
    var trunks: [Key: WorkOrder.Trunk] = [:]
    for leaf in 0..<freshCount {
      let (parent, file) = (parents[leaf], stored[leaf])
      // What is stored is there already, or comes without waiting for anything new.
      let better = (file?.step ?? 0) >= (parent?.step ?? 0) ? file : parent
      if let better { trunks[keys[leaf]] = better }
    }
    return trunks
  }

  /// New variants and stored trajectories that agree in all steps before `depth`.
  private mutating func visit(_ fresh: [Int], _ files: [Int], depth: Int) -> Owner? {
    var (depth, files) = (depth, files)
    while let first = fresh.first {
      files.removeAll { reach[$0] <= depth || !advance($0, to: depth) }
      if files.isEmpty, fresh.count == 1 { return Owner(leaf: first, parting: 0) }
      guard fresh.allSatisfy({ advance($0, to: depth) }) else {
        return Owner(leaf: first, parting: depth)
      }
      let members = fresh + files
      let hash = hashes[first][place[first]]
      guard members.allSatisfy({ hashes[$0][place[$0]] == hash }) else {
        return part(fresh, files, at: depth)
      }
      depth = members.map { ends[$0][place[$0]] }.min() ?? depth
      note(fresh, files, through: depth)
    }
    return nil
  }

  /// The group falls into smaller ones: the owners of all but one fork from that one's.
  private mutating func part(_ fresh: [Int], _ files: [Int], at depth: Int) -> Owner? {
    let groups = Dictionary(grouping: fresh) { hashes[$0][place[$0]] }
    let followers = Dictionary(grouping: files) { hashes[$0][place[$0]] }
    var owners: [Owner] = []
    for (hash, group) in groups {
      guard var owner = visit(group, followers[hash] ?? [], depth: depth) else { continue }
      if groups.count > 1 { owner.parting = max(owner.parting, depth) }
      owners.append(owner)
    }
    let best = owners.min { ($1.parting, $0.leaf) < ($0.parting, $1.leaf) }
    guard let best else { return nil }
    if depth > 0 {
      for owner in owners where owner.leaf != best.leaf {
        parents[owner.leaf] = WorkOrder.Trunk(key: keys[best.leaf], step: depth)
      }
    }
    return best
  }

  /// Stored trajectories have the group's steps before `depth`, as far as they reach.
  private mutating func note(_ fresh: [Int], _ files: [Int], through depth: Int) {
    guard let furthest = files.map({ reach[$0] }).max() else { return }
    let step = min(depth, furthest)
    guard let file = files.first(where: { reach[$0] >= step }) else { return }
    for leaf in fresh where step > (stored[leaf]?.step ?? 0) {
      stored[leaf] = WorkOrder.Trunk(key: keys[file], step: step)
    }
  }

  /// Moves a leaf to the run that holds a step; `false` behind its last.
  private mutating func advance(_ leaf: Int, to depth: Int) -> Bool {
    while place[leaf] < ends[leaf].count, ends[leaf][place[leaf]] <= depth { place[leaf] += 1 }
    return place[leaf] < ends[leaf].count
  }
}
