import EditJobs
import PromptAlignment

/// The places of a grid: axes with their values, and what holds for every cell.
struct CellGrid {
  /// A place and the values there.
  struct Place {
    var row: Int
    var column: Int
    var page: Int
    /// What holds there, by what it varies.
    var values: [AxisKind: SweepValue]
  }

  let axes: [AxisSetting]
  let values: [AxisSetting: [SweepValue]]
  let remarks: [String]
  private let lists: [[SweepValue]]
  private let fixed: [AxisKind: SweepValue]

  init(_ request: SweepRequest) {
    axes = request.axes
    var values: [AxisSetting: [SweepValue]] = [:]
    var remarks: [String] = []
    var fixed: [AxisKind: SweepValue] = [:]
    for setting in request.settings {
      let list = setting.values()
      values[setting] = list
      remarks += setting.remarks(list)
      if !setting.isAxis { fixed[setting.kind] = list.first }
    }
    (self.values, self.remarks, self.fixed) = (values, remarks, fixed)
    lists = request.axes.map { values[$0] ?? [] }
  }

  /// How many places there are; 1 without axes.
  var count: Int { lists.reduce(1) { $0 * $1.count } }

  var sweepAxes: [SweepAxis] {
    zip(axes, lists).map { SweepAxis(name: $0.kind.name, values: $1.map(\.description)) }
  }

  var firstEditPrompt: String? { texts(of: .to).first }

  /// The values that a setting takes anywhere in the grid.
  func texts(of kind: AxisKind) -> [String] {
    values.first { $0.key.kind == kind }?.value.map(\.description) ?? []
  }

  /// Place number `index`: the first axis varies fastest.
  func cell(_ index: Int) -> Place {
    var rest = index
    var indices: [Int] = []
    var values = fixed
    for (axis, list) in zip(axes, lists) {
      indices.append(rest % list.count)
      values[axis.kind] = list[rest % list.count]
      rest /= list.count
    }
    let page = zip(indices, lists).dropFirst(2).reversed().reduce(0) { $0 * $1.1.count + $1.0 }
    return Place(
      row: indices.count > 1 ? indices[1] : 0, column: indices.first ?? 0, page: page,
      values: values)
  }

  /// The edit prompts of the grid, tokenised; the source's own where none is asked for.
  func prompts(
    _ request: SweepRequest, source: Prompt, tokenizer: CLIPTokenizer
  ) throws(EditError) -> [String: Prompt] {
    var prompts = [source.text: source]
    for text in texts(of: .to) where prompts[text] == nil {
      prompts[text] = try request.located("to") { () throws(EditError) in
        try Prompt(text, tokenizer: tokenizer, name: "edit prompt")
      }
    }
    return prompts
  }
}
