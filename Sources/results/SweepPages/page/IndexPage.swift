import EditJobs
import Files
import JobStore

/// A sweep as one static page: its table of pictures, no scripts, nothing from elsewhere.
struct IndexPage {
  private let snapshot: SweepSnapshot
  private let grids: [String]
  private let photographs: [SweepPhotograph]
  private let nearness: [Key: Nearness]

  /// Describes the page; `grids` are the files of the drawn grid, `photographs` those that are there.
  init(
    _ snapshot: SweepSnapshot, _ table: ResultsTable, grids: [String],
    photographs: [SweepPhotograph] = []
  ) {
    (self.snapshot, self.grids, self.photographs) = (snapshot, grids, photographs)
    nearness = Dictionary(
      zip(table.cells, table.nearness).compactMap { row, near in
        near.map { (row.cell.variant.key, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The page's bytes.
  var html: String {
    let summary = snapshot.detail.summary
    let links =
      grids.map { ($0, $0) } + [("results.csv", "results.csv"), ("sweep.yaml", "request")]
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; \
      style-src 'unsafe-inline'">
      <title>\(escape(summary.name))</title>
      <style>\(PageStyle.css)</style>
      </head>
      <body>
      <header>
      <h1>\(escape(summary.name)) <small>\(summary.id)</small></h1>
      \(prompts)
      <p class="facts">\(escape(facts))</p>
      <nav>\(links.map { "<a href=\"\(escape($0.0))\">\(escape($0.1))</a>" }.joined(separator: " "))</nav>
      </header>
      \(references)
      \(pages)
      </body>
      </html>

      """
  }

  private var prompts: String {
    let sources = Set(snapshot.cellSources.map(\.prompt)).sorted()
    let edits = Set(snapshot.cells.map(\.edit.prompt)).sorted()
    func list(_ name: String, _ texts: [String]) -> String {
      texts.map { "<dt>\(name)</dt><dd>\(escape($0))</dd>" }.joined()
    }
    return "<dl>\(list("source", sources))\(list("edit", edits))</dl>"
  }

  private var facts: String {
    let standing = snapshot.detail.summary.standing
    let counts = UnitState.allCases.compactMap { state in
      standing.count(state) > 0 ? "\(standing.count(state)) \(state.rawValue)" : nil
    }
    return (snapshot.settings + counts).joined(separator: " · ")
  }

  private var references: String {
    let sources = snapshot.sources()
    let originals = photographs.map { photograph in
      picture(
        photograph.file, photograph.source, title: photograph.source.prompt,
        caption: "photograph, as it was cut", kind: "photograph")
    }
    let pictures = sources.map { source in
      let traits = snapshot.traits(of: source.spec)
      return picture(
        source.file, source.spec, title: source.spec.prompt,
        caption: "source: \(source.spec.prompt)" + (traits.isEmpty ? "" : ", \(traits)"),
        kind: "source")
    }
    let plain = snapshot.reprompts.map {
      figure($0, caption: "plain re-prompt: \($0.edit.prompt)", kind: "reprompt")
    }
    return "<section class=\"references\">\((originals + pictures + plain).joined())</section>"
  }

  private var pages: String {
    let byPage = Dictionary(grouping: snapshot.cells, by: \.cell.page)
    let count = (byPage.keys.max() ?? -1) + 1
    return (0..<count).map { table(byPage[$0] ?? []) }
      .joined(separator: "\n")
  }

  private func table(_ cells: [ResultRow]) -> String {
    let axes = snapshot.detail.axes
    let columns = cells.isEmpty ? 0 : max(1, snapshot.count(axis: 0))
    let rows = cells.isEmpty ? 0 : max(1, snapshot.count(axis: 1))
    let heading = cells.first.map { cell in
      axes.dropFirst(2).map { snapshot.label($0, of: cell) }.joined(separator: ", ")
    }
    let head = (0..<columns).map { column in
      "<th scope=\"col\">\(escape(snapshot.label(axis: 0, column)))</th>"
    }
    let byRow = Dictionary(grouping: cells, by: \.cell.row)
    let body = (0..<rows).map { row in
      let inRow = Dictionary(
        (byRow[row] ?? []).map { ($0.cell.column, $0) }, uniquingKeysWith: { first, _ in first })
      let name = snapshot.label(axis: 1, row)
      let places = (0..<columns).map { column -> String in
        guard let cell = inRow[column] else { return "<td></td>" }
        let near = nearness[cell.cell.variant.key]?.sentence ?? ""
        return "<td>\(figure(cell, caption: near))</td>"
      }
      return "<tr><th scope=\"row\">\(escape(name))</th>\(places.joined())</tr>"
    }
    let title = heading.flatMap { $0.isEmpty ? nil : "<h2>\(escape($0))</h2>" } ?? ""
    return """
      \(title)<div class="scroll"><table>
      <thead><tr><td></td>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody></table></div>
      """
  }

  private func figure(_ row: ResultRow, caption: String = "", kind: String = "cell") -> String {
    let place = row.cell.coordinates.map { "\($0.axis)=\($0.value)" }.joined(separator: ", ")
    guard row.cell.state != .done else {
      return picture(
        snapshot.file(of: row), row.source, title: place, caption: caption, kind: kind)
    }
    let why = row.cell.variant.errorText.map { ": \($0)" } ?? ""
    return "<figure class=\"missing\" title=\"\(escape(place + why))\">"
      + "<span>\(SweepGrid.word(row.cell.state))</span>\(text(caption))</figure>"
  }

  private func picture(
    _ file: String, _ source: SourceSpec, title: String, caption: String, kind: String
  ) -> String {
    "<figure class=\"\(kind)\"><a href=\"\(escape(file))\"><img src=\"\(escape(file))\" "
      + "loading=\"lazy\" width=\"\(source.width)\" height=\"\(source.height)\" "
      + "alt=\"\(escape(title))\" title=\"\(escape(title))\"></a>\(text(caption))</figure>"
  }

  private func text(_ caption: String) -> String {
    caption.isEmpty ? "" : "<figcaption>\(escape(caption))</figcaption>"
  }

  private func escape(_ text: String) -> String {
    text.replacingScalars("&", with: "&amp;").replacingScalars("<", with: "&lt;")
      .replacingScalars(">", with: "&gt;").replacingScalars("\"", with: "&quot;")
  }
}
