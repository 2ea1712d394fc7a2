/// What happened to a unit of an order.
public enum UnitReport: Sendable, Hashable {
  /// An attempt begins where a record stands; `of` is the number of passes of the whole run.
  case begun(Place, of: Int)
  /// A record is written.
  case step(Record)
  /// Its files are synced and its manifest is written, whose SHA-256 this is.
  case done(manifest: Digest)
  /// It was left at a step edge; `nil` where no attempt had begun.
  case dropped(Place?)
  /// It cannot go on; `nil` where no record stands.
  case failed(WorkerEvent.Refusal, Place?)

  /// How far a unit's trajectory is.
  public struct Place: Sendable, Hashable {
    /// Records after `x_0`; below 0 while a photograph is inverted.
    public var pass: Int
    /// Complete steps; `nil` where the worker does not say.
    public var step: Int?

    /// A place between two records.
    public init(pass: Int, step: Int?) { (self.pass, self.step) = (pass, step) }
  }

  /// A record that was written, and what it cost.
  public struct Record: Sendable, Hashable {
    /// Where the unit stands with it.
    public var place: Place
    /// Passes of the whole run.
    public var of: Int
    /// Rows evaluated for it.
    public var evaluations: Int
    /// Milliseconds since the previous record of the batch.
    public var ms: Double

    /// Describes a record.
    public init(_ place: Place, of: Int, evaluations: Int, ms: Double) {
      (self.place, self.of, self.evaluations, self.ms) = (place, of, evaluations, ms)
    }
  }
}
