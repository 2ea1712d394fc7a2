/// Distances and type sizes of a grid, in pixels.
enum GridMetrics {
  static let margin = 24
  static let gutter = 8
  static let wideGutter = 24
  /// Between a source and its re-prompt: room for both frames.
  static let pairGutter = 16
  static let labelGap = 8
  static let rowLabelGap = 12
  static let captionGap = 7
  static let headerLineGap = 5
  static let headerGap = 20
  static let headingGap = 12
  static let pageGap = 36
  /// The header is never broken at less than this.
  static let leastContentWidth = 480
  static let labelLines = 3
  static let headerLines = 4

  static let sourceFrame = 3
  /// One pixel of ground and two of dashes.
  static let rePromptFrame = 3
  static let rePromptStroke = 2
  static let dash = 6

  static let title = Typesetter.Style(size: 20, bold: true)
  static let heading = Typesetter.Style(size: 16, bold: true)
  static let body = Typesetter.Style(size: 14)
  static let small = Typesetter.Style(size: 13)

  static let source = "source"
  /// The blanks in the brackets do not break.
  static let rePrompt = "re-prompt (tau\u{a0}0,\u{a0}self\u{a0}0)"
}
