public import EditJobs

/// One cell with everything that a table of results shows and the job table knows.
public struct ResultRow: Sendable {
  /// The sweep's number.
  public var sweep: Int64
  /// The sweep's name.
  public var name: String
  /// The cell and its variant.
  public var cell: CellRow
  /// What the source is.
  public var source: SourceSpec
  /// What the edit means.
  public var edit: ResolvedEdit
  /// The model's folder.
  public var modelFolder: String
  /// Rows evaluated for the variant, over all attempts.
  public var evaluations: Int
  /// Seconds between claims and ends, over all attempts.
  public var seconds: Double
}

/// The maps of a source on disk.
public struct MapsRow: Sendable, Hashable {
  /// The source.
  public var source: Key
  /// What they take.
  public var bytes: Int64
  /// When an order last used them; wall-clock milliseconds.
  public var usedMs: Int64
  /// Whether variants that may still run need them.
  public var hasOpenVariants: Bool
}
