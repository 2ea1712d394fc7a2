/// What a labelled grid of pictures shows; `GridPicture` draws it.
public struct GridDescription: Sendable {
  /// The first line, in large type: the sweep's name.
  public var title: String
  /// The second line: source prompt → edit prompt.
  public var prompts: String
  /// The third line: model, seed, sampler, steps, guidance.
  public var settings: String
  /// One label above each column of cells.
  public var columns: [String]
  /// The tables, one below the other; all have the same columns.
  public var pages: [GridPage]
  /// What the pictures were made with; the grid's own `parameters` text adds the axes to it.
  public var infotext: Infotext
  /// The size of a picture where none exists yet.
  public var expectedSize: PictureSize

  /// Makes a description; every row must have as many cells as there are columns.
  public init(
    title: String, prompts: String = "", settings: String = "", columns: [String],
    pages: [GridPage], infotext: Infotext, expectedSize: PictureSize
  ) {
    precondition(!columns.isEmpty && !pages.isEmpty)
    precondition(pages.allSatisfy { $0.rows.allSatisfy { $0.cells.count == columns.count } })
    (self.title, self.prompts, self.settings) = (title, prompts, settings)
    (self.columns, self.pages) = (columns, pages)
    (self.infotext, self.expectedSize) = (infotext, expectedSize)
  }
}

/// One table of a grid: the combination of the third and further axes that its heading names.
public struct GridPage: Sendable {
  /// The line above the table; empty for none.
  public var heading: String
  /// The sources and plain re-prompts.
  public var references: GridReferences
  /// The rows from top to bottom.
  public var rows: [GridRow]

  /// Makes a table.
  public init(heading: String = "", references: GridReferences = .page([]), rows: [GridRow]) {
    (self.heading, self.references, self.rows) = (heading, references, rows)
  }
}

/// One row of cells.
public struct GridRow: Sendable {
  /// The label at its left; empty for none.
  public var label: String
  /// The cells from left to right.
  public var cells: [GridCell]

  /// Makes a row.
  public init(label: String = "", cells: [GridCell]) { (self.label, self.cells) = (label, cells) }
}

/// One place of a grid.
public struct GridCell: Sendable {
  /// What is drawn in a place.
  public enum Content: Sendable {
    /// A picture.
    case picture(GridImage)
    /// Hatching and a word: `waiting`, `running`, `failed`, `cancelled`.
    case missing(String)
    /// Nothing: the sweep leaves this place out.
    case excluded
  }

  /// What is drawn.
  public var content: Content
  /// Whether the cell is the plain re-prompt; it then has a dashed frame.
  public var isRePrompt: Bool

  /// Makes a cell.
  public init(_ content: Content, isRePrompt: Bool = false) {
    (self.content, self.isRePrompt) = (content, isRePrompt)
  }
}
