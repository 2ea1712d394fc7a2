import EditJobs
import Files
import Foundation
public import JobStore
import Planner
public import ResultFiles
public import RunMeasures

/// The table of a sweep's results: one row a cell, in grid order.
///
/// CSV by RFC 4180 with `\n`, UTF-8 without a mark, empty for what does not apply; a text that a
/// spreadsheet would take for a formula has an apostrophe before it, all others are as they are.
public struct ResultsTable: Sendable {
  /// The names of the columns.
  public let columns: [String]
  /// The rows; `nil` for what does not apply.
  public private(set) var rows: [[String?]]
  /// What the job table knows of each row.
  public private(set) var cells: [ResultRow]
  /// How far each row's variant is from its source; `nil` where it is not done or was not measured.
  public private(set) var measures: [Measures?]
  /// How near each row's variant is to its re-prompt and its source; `nil` where there is no mask or no
  /// re-prompt.
  public private(set) var nearness: [Nearness?]

  /// Makes the table of a sweep; measures are read from the variants' folders.
  public init(_ snapshot: SweepSnapshot, results: ResultFolder) {
    let fixed = Self.fields.map(\.name)
    // Photographs have a column of their own, and `image` is the picture.
    let taken = fixed + ["image"]
    let axes = snapshot.detail.axes.flatMap(\.members).map(\.name).filter { !taken.contains($0) }
    columns = Array(fixed.prefix(Self.axesAt)) + axes + fixed.dropFirst(Self.axesAt) + ["image"]
    cells = snapshot.rows
    let read = Self.measures(of: snapshot.rows, in: results)
    measures = snapshot.rows.map { read[$0.cell.variant.key] }
    let nearness = zip(snapshot.rows, measures).map { row, measures in
      Nearness(
        inside: snapshot.comparison(of: row)?.psnrInside, outside: measures?.psnrOutside?.value)
    }
    self.nearness = nearness
    rows = zip(snapshot.rows, zip(measures, nearness)).map { row, found in
      let entry = Entry(row: row, measures: found.0, nearness: found.1)
      let values = Self.fields.map { $0.value(entry) }
      let places = axes.map { entry.coordinate($0) }
      let image = row.cell.state == .done ? snapshot.file(of: row) : nil
      return Array(values.prefix(Self.axesAt)) + places + values.dropFirst(Self.axesAt) + [image]
    }
  }

  /// The measures of the variants that are done, each read once: several cells may show one.
  private static func measures(of rows: [ResultRow], in results: ResultFolder) -> [Key: Measures] {
    let done = Set(rows.filter { $0.cell.variant.state == .done }.map(\.cell.variant.key))
    let found = try? Array(done).concurrentMap { key in
      (key, (try? VariantRequest.read(results.variant(key)))?.measures)
    }
    return Dictionary(
      (found ?? []).compactMap { key, measures in measures.map { (key, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// Keeps some rows, in this order.
  public mutating func select(_ indices: [Int]) {
    rows = indices.map { rows[$0] }
    cells = indices.map { cells[$0] }
    measures = indices.map { measures[$0] }
    nearness = indices.map { nearness[$0] }
  }

  /// Whether a column has numbers, which may be `inf`; seeds are none: other programs would round them.
  public func hasNumbers(in column: String) -> Bool {
    if let field = Self.fields.first(where: { $0.name == column }) { return field.isNumber }
    return AxisKind(name: column)?.hasNumbers ?? false
  }

  /// The table as CSV.
  public var csv: String {
    ([columns.map(Optional.some)] + rows).map { row in
      row.map { Self.quoted($0 ?? "") }.joined(separator: ",") + "\n"
    }.joined()
  }

  private struct Entry {
    var row: ResultRow
    var measures: Measures?
    var nearness: Nearness?

    func coordinate(_ axis: String) -> String? {
      row.cell.coordinates.first { $0.axis == axis }?.value
    }
  }

  private struct Field {
    var name: String
    var isNumber = false
    var value: @Sendable (Entry) -> String?

    init(name: String, _ value: @escaping @Sendable (ResultRow) -> String?) {
      self.name = name
      self.value = { value($0.row) }
    }

    init(number name: String, _ value: @escaping @Sendable (ResultRow) -> String?) {
      self.init(name: name, value)
      isNumber = true
    }

    init(entry name: String, _ value: @escaping @Sendable (Entry) -> String?) {
      (self.name, self.value) = (name, value)
    }

    init(nearness name: String, _ value: @escaping @Sendable (Nearness) -> Double) {
      self.name = name
      self.value = { $0.nearness.map(value).map(NumberText.of) }
      isNumber = true
    }

    init(measure name: String, _ value: @escaping @Sendable (Measures) -> Double?) {
      self.name = name
      self.value = { $0.measures.flatMap(value).map(NumberText.of) }
      isNumber = true
    }
  }

  /// Where the axes' columns come in.
  private static let axesAt = 6

  private static let fields: [Field] = [
    Field(number: "sweep") { "\($0.sweep)" }, Field(name: "name") { $0.name },
    Field(name: "cell") { $0.cell.name },
    Field(number: "row") { $0.cell.role == .cell ? "\($0.cell.row + 1)" : nil },
    Field(number: "column") { $0.cell.role == .cell ? "\($0.cell.column + 1)" : nil },
    Field(number: "page") { $0.cell.role == .cell ? "\($0.cell.page + 1)" : nil },
    Field(name: "variant") { $0.cell.variant.key.description },
    Field(name: "source") { $0.cell.variant.source?.description },
    Field(name: "state") { $0.cell.state.rawValue },
    Field(name: "error_code") { $0.cell.variant.errorCode },
    Field(name: "error") { $0.cell.variant.errorText },
    Field(number: "attempts") { "\($0.cell.variant.attempts)" },
    Field(name: "model") { $0.modelFolder },
    Field(name: "model_digest") { $0.source.model.description },
    Field(name: "prompt") { $0.source.prompt }, Field(name: "edit_prompt") { $0.edit.prompt },
    Field(name: "negative") { $0.source.negative.isEmpty ? nil : $0.source.negative },
    Field(name: "method") { $0.edit.method.rawValue },
    Field(name: "weights") { row in
      row.edit.weights.isEmpty
        ? nil
        : "["
          + row.edit.weights.map { weight in
            // A window is said where it is not the whole run.
            let window = weight.window == StepWindow(0, row.edit.steps) ? nil : weight.window
            return "(\(weight.token), \(weight.value)"
              + (window.map { ", \($0.from), \($0.to)" } ?? "") + ")"
          }.joined(separator: ", ") + "]"
    },
    Field(entry: "blend") { entry in
      func words(_ tokens: [Int]) -> String {
        tokens.map { "@\($0)" }.joined(separator: ", ")
      }
      return entry.coordinate("blend")
        ?? entry.row.edit.blend.map { "\(words($0.source)) -> \(words($0.edit))" }
    },
    Field(name: "compat") { $0.edit.compat?.rawValue },
    Field(name: "label") { $0.cell.label.isEmpty ? nil : $0.cell.label },
    Field(number: "tau_from") { "\($0.edit.cross.from)" },
    Field(number: "tau_to") { "\($0.edit.cross.to)" },
    Field(number: "self_from") { "\($0.edit.selfWindow.from)" },
    Field(number: "self_to") { "\($0.edit.selfWindow.to)" },
    Field(name: "seed") { $0.source.photograph == nil ? "\($0.source.seed)" : nil },
    Field(name: "photograph") { $0.source.photograph?.image.description },
    Field(name: "inversion") { $0.source.photograph?.inversion.rawValue },
    Field(name: "sampler") { $0.source.sampler.rawValue },
    Field(number: "steps") { "\($0.source.steps)" },
    Field(number: "cfg") { NumberText.of($0.source.guidance) },
    Field(number: "width") { "\($0.source.width)" },
    Field(number: "height") { "\($0.source.height)" },
    Field(name: "maps") { $0.source.maps.rawValue },
    Field(number: "self_max") { $0.source.selfMax.map(String.init) },
    Field(name: "dtype") { $0.source.compute.rawValue },
    Field(name: "numerics") {
      "\($0.source.numerics.mode.rawValue)-\($0.source.numerics.revision)"
    },
    Field(name: "kernels") { $0.source.numerics.kernels },
    Field(measure: "psnr") { $0.psnr?.value }, Field(measure: "ssim") { $0.ssim },
    Field(measure: "psnr_inside") { $0.psnrInside?.value },
    Field(measure: "psnr_outside") { $0.psnrOutside?.value },
    Field(nearness: "psnr_reprompt_inside") { $0.inside },
    Field(nearness: ResultsQuery.best) { $0.least },
    Field(measure: "ssim_inside") { $0.ssimInside },
    Field(measure: "ssim_outside") { $0.ssimOutside },
    Field(measure: "latent_distance") { $0.latentDistance },
    Field(measure: "map_divergence") { $0.mapDivergence },
    Field(measure: "mask_area") { $0.maskArea },
    Field(measure: "injected") { Double($0.injected) },
    Field(number: "evaluations") { "\($0.evaluations)" },
    Field(number: "seconds") { NumberText.of((($0.seconds * 1000).rounded()) / 1000) },
    Field(name: "finished") { row in
      row.cell.variant.finishedMs.map {
        Date(timeIntervalSince1970: Double($0) / 1000).formatted(.iso8601)
      }
    },
  ]

  /// A field; what is a word and begins as formulas do is guarded.
  private static func quoted(_ field: String) -> String {
    let isFormula =
      field.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    let text = isFormula && !field.isDecimalNumber ? "'" + field : field
    let parts = text.unicodeScalars.contains {
      ",\"\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains($0)
    }
    return parts ? "\"" + text.replacingScalars("\"", with: "\"\"") + "\"" : text
  }
}
