/// Where the sources and plain re-prompts of a table stand: each distinct source once.
public enum GridReferences: Sendable {
  /// At the far left from the first row down: usually one pair, the same for every cell.
  case page([GridPair])
  /// At the far left, one pair (or nothing) for each row: the rows differ in their source.
  case rows([GridPair?])
  /// Above the cells, one pair (or nothing) for each column: the columns differ in their source.
  case columns([GridPair?])
}

/// A source and the plain re-prompt of it.
public struct GridPair: Sendable {
  /// The source, in a solid grey frame.
  public var source: GridReference?
  /// The edit's prompt from the same noise without any control, in a dashed frame.
  public var rePrompt: GridReference?

  /// Makes a pair.
  public init(source: GridReference?, rePrompt: GridReference? = nil) {
    (self.source, self.rePrompt) = (source, rePrompt)
  }
}

/// A source or a plain re-prompt.
public struct GridReference: Sendable {
  /// What is drawn.
  public var content: GridCell.Content
  /// A line below the picture that tells it from others of its kind, e.g. `seed 8888`.
  public var caption: String

  /// Makes a reference.
  public init(_ content: GridCell.Content, caption: String = "") {
    (self.content, self.caption) = (content, caption)
  }
}
