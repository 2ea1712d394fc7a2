import EditJobs
import Files
public import Imaging
import JobStore
public import ResultFiles

/// The labelled grid of a sweep: sources and plain re-prompts at the left, the cells beside them.
public struct SweepGrid: Sendable {
  let snapshot: SweepSnapshot
  private let results: ResultFolder
  private let unreadable: UnreadablePictures
  /// The variants of the plain re-prompts.
  private let plain: Set<Key>
  private let sources: [Key: UnitRow]

  /// Describes a sweep's grid over its results; pictures that cannot be read when it is drawn are
  /// hatched and named in `unreadable`.
  public init(
    _ snapshot: SweepSnapshot, results: ResultFolder,
    unreadable: UnreadablePictures = UnreadablePictures()
  ) {
    (self.snapshot, self.results, self.unreadable) = (snapshot, results, unreadable)
    plain = Set(snapshot.reprompts.map(\.cell.variant.key))
    sources = Dictionary(
      snapshot.detail.sources.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What `GridPicture` draws; `title` replaces the sweep's name.
  public func description(title: String? = nil) -> GridDescription {
    let columns = max(1, snapshot.count(axis: 0))
    let byPage = Dictionary(grouping: snapshot.cells, by: \.cell.page)
    let pages = (byPage.keys.max() ?? 0) + 1
    let first = snapshot.rows.first
    let size = first.map { PictureSize(width: $0.source.width, height: $0.source.height) }
    return GridDescription(
      title: title ?? snapshot.detail.summary.name, prompts: prompts, settings: settings,
      columns: (0..<columns).map { snapshot.label(axis: 0, $0) },
      pages: (0..<pages).map { page(byPage[$0] ?? [], columns) },
      infotext: infotext,
      expectedSize: size ?? PictureSize(width: 64, height: 64))
  }

  // MARK: Tables

  private func page(_ cells: [ResultRow], _ columns: Int) -> GridPage {
    let rows = max(1, snapshot.count(axis: 1))
    let places = Dictionary(
      cells.map { (Place(row: $0.cell.row, column: $0.cell.column), $0) },
      uniquingKeysWith: { first, _ in first })
    return GridPage(
      heading: heading(cells.first), references: references(cells, rows: rows, columns: columns),
      rows: (0..<rows).map { row in
        GridRow(
          label: snapshot.label(axis: 1, row),
          cells: (0..<columns).map { column in
            guard let cell = places[Place(row: row, column: column)] else {
              return GridCell(.excluded)
            }
            return GridCell(picture(cell), isRePrompt: plain.contains(cell.cell.variant.key))
          })
      })
  }

  private struct Place: Hashable {
    var row: Int
    var column: Int
  }

  private func heading(_ row: ResultRow?) -> String {
    guard let row else { return "" }
    return snapshot.detail.axes.dropFirst(2).map { snapshot.label($0, of: row) }
      .joined(separator: ", ")
  }

  // MARK: Pictures

  func picture(_ row: ResultRow) -> GridCell.Content {
    guard row.cell.state == .done else { return .missing(Self.word(row.cell.state)) }
    return image(results.variant(row.cell.variant.key), row.source)
  }

  func sourcePicture(_ key: Key, _ source: SourceSpec) -> GridCell.Content {
    let unit = sources[key]
    guard let unit, unit.state == .done else {
      return .missing(Self.word(unit?.state ?? .ready))
    }
    return image(results.source(key), source)
  }

  private func image(_ unit: UnitFolder, _ source: SourceSpec) -> GridCell.Content {
    let size = PictureSize(width: source.width, height: source.height)
    return .picture(
      GridImage(size: size) { [unreadable] in
        do {
          let pixels = try PNGFile(decoding: try PictureFile.bytes(unit.picture)).pixels
          guard pixels.width == size.width, pixels.height == size.height else {
            throw ImagingError(
              .damaged,
              "it has \(pixels.width)×\(pixels.height) pixels and not \(size.width)×\(size.height)")
          }
          return pixels
        } catch {
          unreadable.note(unit, error)
          return nil
        }
      })
  }

  /// The state as a missing cell shows it.
  static func word(_ state: UnitState) -> String {
    switch state {
    case .scheduled, .blocked, .ready, .parked: "waiting"
    case .running, .failed, .cancelled, .done: state.rawValue
    }
  }

  // MARK: Texts

  private var prompts: String {
    let sources = Set(snapshot.cellSources.map(\.prompt)).sorted()
    let edits = Set(snapshot.cells.map(\.edit.prompt)).sorted()
    let source = sources.count == 1 ? sources[0] : "\(sources.count) prompts"
    let edit = edits.count == 1 ? edits[0] : "\(edits.count) edits"
    return sources == edits ? source : "\(source) → \(edit)"
  }

  private var settings: String { snapshot.settings.joined(separator: ", ") }

  private func start(of source: SourceSpec) -> Infotext.Pair {
    source.photograph.map { .init("P2P image", "\($0.image)") } ?? .init("Seed", "\(source.seed)")
  }

  private var infotext: Infotext {
    guard let row = snapshot.rows.first else { return Infotext(prompt: "", pairs: []) }
    let source = row.source
    return Infotext(
      prompt: source.prompt, negative: source.negative,
      pairs: [
        .init("Steps", "\(source.steps)"), .init("Sampler", source.sampler.title),
        .init("CFG scale", NumberText.of(source.guidance)), start(of: source),
        .init("Size", "\(source.width)x\(source.height)"), .init("Model", snapshot.model),
        .init("P2P edit", row.edit.prompt),
      ])
  }
}
