import EditJobs
import Foundation
import GRDB

/// Plans the tree of what has not begun, whenever what it depends on has changed.
extension Database {
  /// Plans anew what has not begun of the trees to which some units belong.
  ///
  /// `lost` is a unit whose trajectory is not there although the job table says so.
  func replan(around units: [Moving], without lost: Int64? = nil, now: Int64) throws {
    var groups: Set<TreeGroup> = []
    for unit in units where unit.kind == .variant {
      if let group = try TreeGroup(self, of: unit) { groups.insert(group) }
    }
    for group in groups { try replan(group, without: lost, now: now) }
  }

  /// Plans anew what has not begun of a tree.
  func replan(_ group: TreeGroup, without lost: Int64? = nil, now: Int64) throws {
    let members = try group.members(self)
    let fresh = members.filter(\.isFresh)
    guard let first = fresh.first else { return }
    let tree = RunTree(fresh.map(\.variant), stored: group.stored(members, without: lost))
    let units = Dictionary(
      members.map { ($0.unit.key, $0.unit) }, uniquingKeysWith: { first, _ in first })
    let sourceDone = try first.unit.sourceID.map { try moving(id: $0).state == .done } ?? true
    for member in fresh {
      let fork = tree.trunks[member.unit.key]
      let trunk = fork.flatMap { units[$0.key] }
      if (trunk?.id, fork?.step) != (member.unit.trunkID, member.unit.trunkStep) {
        try cachedStatement(sql: "UPDATE unit SET trunk_id = ?, trunk_step = ? WHERE id = ?")
          .execute(arguments: [trunk?.id, fork?.step, member.unit.id])
      }
      let isThere = trunk.map { $0.step >= (fork?.step ?? 0) } ?? true
      switch member.unit.state {
      case .ready where !isThere: try move(member.unit, .forked, now: now)
      case .blocked where isThere && sourceDone: try move(member.unit, .unblocked, now: now)
      default: break
      }
    }
    try raiseTrunks(of: [first.unit.id])
  }

  /// Writes down what acts in a variant's steps.
  func sign(_ id: Int64, source: Int64, prompt: Data, runs: Data) throws {
    try cachedStatement(
      sql: "INSERT INTO signature (unit_id, source_id, prompt, runs) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [id, source, prompt, runs])
  }

  /// Variants of a job table that knew of no tree.
  func signAllVariants() throws {
    let rows = try Row.fetchAll(
      self, sql: "SELECT id, source_id, spec FROM unit WHERE kind = 'variant'")
    for row in rows {
      // One that cannot be read fails when it is claimed.
      guard let edit = try? row.json("spec", as: ResolvedEdit.self) else { continue }
      try sign(row["id"], source: row["source_id"], prompt: edit.promptHash, runs: edit.runs)
    }
  }
}

extension ResolvedEdit {
  /// Names the edit prompt: variants with another one share nothing.
  var promptHash: Data { Digest(of: prompt.utf8).data }
  /// The signatures as the table keeps them.
  var runs: Data { signatures.data }
}

extension [SignatureRun] {
  /// As the table keeps them: of each run the hash and its steps in two bytes.
  var data: Data {
    reduce(into: Data()) { data, run in
      data.append(contentsOf: run.hash.bytes)
      data.append(contentsOf: [UInt8(run.steps >> 8 & 255), UInt8(run.steps & 255)])
    }
  }
}
