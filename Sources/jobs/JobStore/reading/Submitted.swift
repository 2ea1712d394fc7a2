public import EditJobs

/// What a submission led to.
public struct Submitted: Sendable, Hashable {
  /// The sweep's number.
  public var sweep: Int64
  /// Its name.
  public var name: String
  /// Whether it is new; `false` where the client's key had brought it before.
  public var created: Bool
  /// Cells of the grid, re-prompts not counted.
  public var cells: Int
  /// Units that did not exist before, sources included.
  public var newUnits: [Key]
  /// Units that were there already and are not done, sources included.
  public var sharedUnits: [Key]
  /// Units that were done already, sources included.
  public var doneUnits: [Key]
  /// Steps that new variants share with others and do not run, by variant; absent means none.
  public var sharedSteps: [Key: Int] = [:]
  /// Cells that a grown sweep had already and that show variants of older numerics.
  public var olderCells = 0

  /// Some of what was called done was found lost and is made again.
  public mutating func remake(_ lost: [Key]) {
    let lost = Set(lost)
    newUnits += doneUnits.filter(lost.contains)
    doneUnits.removeAll(where: lost.contains)
  }
}

/// What a cancellation led to.
public struct Cancelled: Sendable, Hashable {
  /// Cells that are no longer wanted.
  public var cells: Int
  /// Units that nobody wants any more.
  public var units: [Key]
  /// Those of them that a worker has.
  public var drops: [Drop]
}

/// How far a running unit is.
public struct UnitProgress: Sendable, Hashable {
  /// The unit.
  public var key: Key
  /// The order's token.
  public var token: Int64
  /// Complete steps on disk.
  public var step: Int
  /// Rows evaluated for the unit in this attempt so far.
  public var evaluations: Int
  /// Milliseconds that the steps of this attempt took so far.
  public var ms: Double

  /// Describes progress.
  public init(key: Key, token: Int64, step: Int, evaluations: Int, ms: Double) {
    (self.key, self.token, self.step) = (key, token, step)
    (self.evaluations, self.ms) = (evaluations, ms)
  }
}
