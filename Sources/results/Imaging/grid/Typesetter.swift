import CPangoCairo

/// Lays text out with Pango in DejaVu Sans, or in any installed font where that is missing.
final class Typesetter {
  struct Style: Hashable {
    var size: Int
    var bold = false
  }

  /// Text that has been broken into lines.
  final class Block {
    let layout: OpaquePointer
    let width, height: Int

    /// Takes over the layout's reference.
    fileprivate init(_ layout: OpaquePointer) {
      self.layout = layout
      var (width, height): (Int32, Int32) = (0, 0)
      pango_layout_get_pixel_size(layout, &width, &height)
      (self.width, self.height) = (Int(width), Int(height))
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }
  }

  private let context: OpaquePointer

  /// Throws where fontconfig finds no font at all: Pango would end the program later.
  init() throws {
    guard let map = pango_cairo_font_map_new() else {
      throw ImagingError(.drawing, "Pango has no font map")
    }
    defer { g_object_unref(UnsafeMutableRawPointer(map)) }
    guard let context = pango_font_map_create_context(map) else {
      throw ImagingError(.drawing, "Pango gives no context")
    }
    self.context = context
    // Without these the pixels would depend on the desktop's settings.
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON)
    pango_cairo_context_set_font_options(context, options)
    pango_cairo_context_set_resolution(context, 96)
    try checkFonts()
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(context)) }

  /// Breaks a text into at most `lines` lines of `width` pixels; the middle of what does not fit
  /// becomes an ellipsis. `nil` for an empty text.
  func block(
    _ text: String, _ style: Style, width: Int, lines: Int, aligned: PangoAlignment
  ) -> Block? {
    let text = Self.oneParagraph(text)
    guard !text.isEmpty, let layout = pango_layout_new(context) else { return nil }
    let font = Self.font(style)
    defer { pango_font_description_free(font) }
    pango_layout_set_font_description(layout, font)
    pango_layout_set_single_paragraph_mode(layout, 1)
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_MIDDLE)
    pango_layout_set_width(layout, Int32(width) * PANGO_SCALE)
    pango_layout_set_height(layout, -Int32(lines))
    pango_layout_set_alignment(layout, aligned)
    pango_layout_set_text(layout, text, -1)
    return Block(layout)
  }

  private static func font(_ style: Style) -> OpaquePointer? {
    let font = pango_font_description_from_string("DejaVu Sans, Sans")
    pango_font_description_set_absolute_size(font, Double(Int32(style.size) * PANGO_SCALE))
    pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    return font
  }

  private func checkFonts() throws {
    let font = Self.font(Style(size: 14))
    defer { pango_font_description_free(font) }
    guard let found = pango_context_load_font(context, font) else {
      throw ImagingError(
        .noFonts, "no font is installed, so the grid cannot be labelled",
        hint: "apt-get install fonts-dejavu-core")
    }
    g_object_unref(UnsafeMutableRawPointer(found))
  }

  /// The text on one line: breaks and other controls become blanks.
  private static func oneParagraph(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      let breaks =
        scalar.properties.generalCategory == .control || scalar == "\u{2028}"
        || scalar == "\u{2029}"
      line.unicodeScalars.append(breaks ? " " : scalar)
    }
    return InfotextScanner.trimmed(line)
  }
}
