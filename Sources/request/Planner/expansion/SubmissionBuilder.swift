import EditJobs
import Files
import PromptAlignment

/// Collects cells with their variants and sources, each unit once.
struct SubmissionBuilder {
  /// By the name of the model; the empty name is the program's choice.
  private var plans: [String: ModelPlan]
  private(set) var sources: [Submission.Source] = []
  private(set) var variants: [Submission.Variant] = []
  private(set) var cells: [Submission.Cell] = []
  private var sourceKeys: [SourceSpec: Key] = [:]
  private var known: Set<Key> = []
  private var sharing = 0
  /// Where each source meets each edit prompt first.
  private var meetings: [(place: CellGrid.Place, cell: Submission.Cell)] = []
  private var met: Set<[String]> = []

  init(plans: [String: ModelPlan]) { self.plans = plans }

  /// Adds the cell of a place.
  mutating func add(_ place: CellGrid.Place, _ grid: CellGrid) throws(EditError) {
    let source = try source(of: place)
    let variant = Submission.Variant(
      source: source.key,
      edit: try change(place) { plan throws(EditError) in
        let edit = try plan.edit(place.values, steps: source.spec.steps)
        try plan.check(edit, of: source.spec)
        return edit
      })
    if !insert(variant) { sharing += 1 }
    let coordinates = grid.axes.flatMap(\.members).map {
      Coordinate(axis: $0.name, value: place.values[$0]?.description ?? "")
    }
    let cell = Submission.Cell(
      coordinates: coordinates.sorted { $0.axis < $1.axis }, row: place.row,
      column: place.column, page: place.page, variant: variant.key,
      label: Self.label(coordinates) ?? variant.edit.prompt)
    cells.append(cell)
    if met.insert([source.key.description, variant.edit.prompt]).inserted {
      meetings.append((place, cell))
    }
  }

  /// Adds the plain re-prompt of each source and edit prompt, in the place of their first cell.
  mutating func addReprompts() throws(EditError) {
    for (place, cell) in meetings {
      let source = try source(of: place)
      let edit = try change(place) { plan throws(EditError) in
        try plan.reprompt(place.values, steps: source.spec.steps)
      }
      guard let edit else { continue }
      let variant = Submission.Variant(source: source.key, edit: edit)
      _ = insert(variant)
      cells.append(
        Submission.Cell(
          role: .reprompt,
          coordinates: cell.coordinates.filter { coordinate in
            AxisKind(name: coordinate.axis).map { $0 == .to || $0.isOfSource } ?? false
          },
          row: cell.row, column: cell.column, page: cell.page, variant: variant.key,
          label: "re-prompt"))
    }
  }

  var remarks: [String] {
    guard sharing > 0 else { return [] }
    return ["\(sharing) cell\(sharing == 1 ? " shows" : "s show") the variant of another cell"]
  }

  // MARK: units

  private func plan(_ place: CellGrid.Place) throws(EditError) -> ModelPlan {
    let name = place.values[.model]?.description ?? ""
    guard let plan = plans[name] else {
      throw EditError("model-not-named", .software, "the model \(name) was not planned")
    }
    return plan
  }

  private mutating func change<Result>(
    _ place: CellGrid.Place, _ body: (inout ModelPlan) throws(EditError) -> Result
  ) throws(EditError) -> Result {
    let name = place.values[.model]?.description ?? ""
    guard var plan = plans.removeValue(forKey: name) else {
      throw EditError("model-not-named", .software, "the model \(name) was not planned")
    }
    defer { plans[name] = plan }
    return try body(&plan)
  }

  private mutating func source(of place: CellGrid.Place) throws(EditError) -> Submission.Source {
    let plan = try plan(place)
    let spec = plan.sourceSpec(place.values)
    if let key = sourceKeys[spec] { return Submission.Source(spec, key: key) }
    try plan.check(spec)
    let source = Submission.Source(spec)
    sources.append(source)
    sourceKeys[spec] = source.key
    return source
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
