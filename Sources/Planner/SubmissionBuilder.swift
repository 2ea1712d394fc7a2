import EditJobs
import PromptAlignment

/// Collects cells with their variants and sources, each unit once.
struct SubmissionBuilder {
  private let spec: SourceSpec
  private var edits: EditTable
  private(set) var sources: [Submission.Source] = []
  private(set) var variants: [Submission.Variant] = []
  private(set) var cells: [Submission.Cell] = []
  private var sourceKeys: [UInt64: Key] = [:]
  private var known: Set<Key> = []
  private var sharing = 0
  /// Where each source meets each edit prompt first.
  private var meetings: [(seed: UInt64, prompt: String, cell: Submission.Cell)] = []
  private var met: Set<[String]> = []

  init(spec: SourceSpec, edits: EditTable) { (self.spec, self.edits) = (spec, edits) }

  /// Adds the cell of a place.
  mutating func add(_ place: CellGrid.Place, _ grid: CellGrid) throws(EditError) {
    let seed = UInt64(place.values[.seed]?.number?.mantissa ?? 0)
    let asked = edits.spec(place.values)
    let variant = Submission.Variant(source: source(seed), edit: try edits.edit(asked))
    if !insert(variant) { sharing += 1 }
    let coordinates = grid.axes.map {
      Coordinate(axis: $0.kind.name, value: place.values[$0.kind]?.description ?? "")
    }
    let cell = Submission.Cell(
      coordinates: coordinates.sorted { $0.axis < $1.axis }, row: place.row,
      column: place.column, page: place.page, variant: variant.key,
      label: Self.label(coordinates) ?? variant.edit.prompt)
    cells.append(cell)
    if met.insert([String(seed), asked.prompt]).inserted {
      meetings.append((seed, asked.prompt, cell))
    }
  }

  /// Adds the plain re-prompt of each source and edit prompt, in the place of their first cell.
  mutating func addReprompts() throws(EditError) {
    for (seed, prompt, cell) in meetings where prompt != edits.source.text {
      let variant = Submission.Variant(
        source: source(seed), edit: try edits.edit(.plainReprompt(prompt)))
      _ = insert(variant)
      cells.append(
        Submission.Cell(
          role: .reprompt,
          coordinates: cell.coordinates.filter {
            [AxisKind.seed.name, AxisKind.to.name].contains($0.axis)
          },
          row: cell.row, column: cell.column, page: cell.page, variant: variant.key,
          label: "re-prompt"))
    }
  }

  var remarks: [String] {
    guard sharing > 0 else { return [] }
    return ["\(sharing) cell\(sharing == 1 ? " shows" : "s show") the variant of another cell"]
  }

  private mutating func source(_ seed: UInt64) -> Key {
    if let key = sourceKeys[seed] { return key }
    var spec = spec
    spec.seed = seed
    let source = Submission.Source(spec)
    sources.append(source)
    sourceKeys[seed] = source.key
    return source.key
  }

  /// False where the variant is there already.
  private mutating func insert(_ variant: Submission.Variant) -> Bool {
    guard known.insert(variant.key).inserted else { return false }
    variants.append(variant)
    return true
  }

  /// `tau 0.25, w:crown 2`; an edit prompt stands by itself. `nil` without axes.
  private static func label(_ coordinates: [Coordinate]) -> String? {
    coordinates.isEmpty
      ? nil
      : coordinates.map {
        $0.axis == AxisKind.to.name ? $0.value : "\($0.axis) \($0.value)"
      }.joined(separator: ", ")
  }
}
