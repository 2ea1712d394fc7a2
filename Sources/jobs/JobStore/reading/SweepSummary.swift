public import EditJobs

/// How many cells stand where, and how far their units are.
public struct Standing: Sendable, Hashable {
  /// Cells by state, re-prompts included; absent means none.
  public var cells: [UnitState: Int] = [:]
  /// Cells whose variant is done and whose source, which was lost, is made again.
  public var remade = 0
  /// Complete steps of all wanted units, sources included, each unit once.
  public var stepsDone = 0
  /// Steps of all wanted units.
  public var stepsTotal = 0

  /// All cells.
  public var total: Int { cells.values.reduce(0, +) }
  /// Cells about which something may still happen by itself.
  public var open: Int { cells.reduce(0) { $0 + ($1.key.isOpen ? $1.value : 0) } }
  /// Whether nothing more will happen by itself.
  public var isSettled: Bool { open == 0 && remade == 0 }
  /// Cells in a state.
  public func count(_ state: UnitState) -> Int { cells[state] ?? 0 }

  /// One word for people.
  public var word: String {
    if count(.running) > 0 { return "running" }
    if !isSettled { return "waiting" }
    if count(.failed) > 0 { return "failed" }
    return count(.cancelled) > 0 ? "cancelled" : "done"
  }
}

/// One line about a sweep.
public struct SweepSummary: Sendable, Hashable {
  /// Its number.
  public var id: Int64
  /// Its name.
  public var name: String
  /// −100…100; higher first.
  public var priority: Int
  /// Whether its units wait, but for those that others want.
  public var isPaused: Bool
  /// Who submitted it.
  public var owner: UInt32
  /// When it was submitted; wall-clock milliseconds.
  public var createdMs: Int64
  /// How far it is.
  public var standing: Standing

  /// One word for people.
  public var word: String {
    isPaused && !standing.isSettled && standing.count(.running) == 0 ? "paused" : standing.word
  }

  /// The name of its folder under `sweeps/`.
  public var folder: String { "\(name)-\(id)" }
}

/// A sweep with its cells and sources.
public struct SweepDetail: Sendable {
  /// The line about it.
  public var summary: SweepSummary
  /// Its axes in order.
  public var axes: [SweepAxis]
  /// The request in canonical JSON.
  public var request: String
  /// Its cells in grid order, then the re-prompts.
  public var cells: [CellRow]
  /// Its sources, oldest first.
  public var sources: [UnitRow]
}
