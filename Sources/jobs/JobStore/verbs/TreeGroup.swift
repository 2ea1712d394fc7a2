import EditJobs
import Files
import Foundation
import GRDB

/// The variants of one source and edit prompt: what may share steps.
struct TreeGroup: Hashable {
  /// A variant with what acts in its steps.
  struct Member {
    var unit: Moving
    var variant: RunTree.Variant

    /// Whether it may still be given another trunk: nothing of it stands anywhere.
    var isFresh: Bool { unit.state.isOpen && unit.state != .running && unit.step == 0 }
  }

  let source: Int64
  let prompt: Data

  init(source: Int64, prompt: Data) { (self.source, self.prompt) = (source, prompt) }

  /// The group of a variant.
  init?(_ db: Database, of unit: Moving) throws {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT source_id, prompt FROM signature WHERE unit_id = ?"),
      arguments: [unit.id])
    guard let row else { return nil }
    (source, prompt) = (row["source_id"], row["prompt"])
  }

  static let sql = """
    SELECT \(Moving.columns.split(separator: ", ").map { "u.\($0)" }.joined(separator: ", ")),
      s.runs
    FROM signature s JOIN unit u ON u.id = s.unit_id WHERE s.source_id = ? AND s.prompt = ?
    """

  /// Everything that shares the source and the edit prompt. There may be thousands, and all are read
  /// whenever one is added: they are taken from the statement as they stand there.
  func members(_ db: Database) throws -> [Member] {
    var members: [Member] = []
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: Self.sql), arguments: [source, prompt])
    while let row = try rows.next() {
      let unit = try Moving(row)
      let signatures = try row.withUnsafeData(atIndex: Moving.columnCount) {
        try [SignatureRun](stored: $0 ?? Data())
      }
      members.append(
        Member(unit: unit, variant: RunTree.Variant(key: unit.key, signatures: signatures)))
    }
    return members
  }

  /// The trajectories that exist or will exist without anything that is planned now.
  ///
  /// A running fork that waits in its order for a trunk that is planned anew is none: it will come
  /// back.
  func stored(_ members: [Member], without lost: Int64?) -> [RunTree.Stored] {
    var unsure = Set(members.filter(\.isFresh).map(\.unit.id))
    let waiting = members.map(\.unit).filter { $0.state == .running && $0.isUnsplit }
    while let unit = waiting.first(where: { unit in
      !unsure.contains(unit.id) && unit.trunkID.map(unsure.contains) == true
    }) {
      unsure.insert(unit.id)
    }
    return members.compactMap { member in
      let unit = member.unit
      guard !unsure.contains(unit.id), unit.id != lost else { return nil }
      let reach = unit.state.isOpen || unit.state == .done ? unit.steps : unit.step
      guard reach > 0 else { return nil }
      return RunTree.Stored(member.variant, standing: unit.step, reach: reach)
    }
  }
}

extension [SignatureRun] {
  /// Reads what `data` gave.
  fileprivate init(stored data: Data) throws {
    self = []
    reserveCapacity(data.count / 34)
    var rest = data[...]
    while rest.count >= 34 {
      let end = rest.startIndex + 32
      guard let hash = Digest(bytes: [UInt8](rest[..<end])) else {
        throw EditError("job-table-damaged", .io, "a signature is not 32 bytes")
      }
      append(SignatureRun(hash: hash, steps: Int(rest[end]) << 8 | Int(rest[end + 1])))
      rest = rest[(end + 2)...]
    }
  }
}

extension Database {
  /// Steps that a submission's new variants would not run, because another variant has them.
  ///
  /// Whatever is open or wanted runs to its end.
  func sharedSteps(_ submission: Submission) throws -> [EditJobs.Key: Int] {
    let wanted = Set(submission.variants.map(\.key))
    var shared: [EditJobs.Key: Int] = [:]
    let groups = Dictionary(grouping: submission.variants) {
      Submission.Family(source: $0.source, prompt: $0.edit.prompt)
    }
    for (family, variants) in groups {
      var members: [TreeGroup.Member] = []
      if let source = try moving(family.source) {
        let prompt = Digest(of: family.prompt.utf8).data
        members = try TreeGroup(source: source.id, prompt: prompt).members(self)
      }
      let known = Set(members.map(\.unit.key))
      let tree = RunTree(
        variants.filter { !known.contains($0.key) }.map {
          RunTree.Variant(key: $0.key, signatures: $0.signatures)
        },
        stored: members.map { member in
          let unit = member.unit
          let isWhole = unit.state.isOpen || unit.state == .done || wanted.contains(unit.key)
          return RunTree.Stored(
            member.variant, standing: unit.step, reach: isWhole ? unit.steps : unit.step)
        })
      for (key, trunk) in tree.trunks { shared[key] = trunk.step }
    }
    return shared
  }
}
