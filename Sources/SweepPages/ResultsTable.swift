import EditJobs
import Foundation
import JobStore

/// The table of a sweep's results: one row a cell, in grid order.
///
/// CSV by RFC 4180 with `\n`, UTF-8 without a mark, empty for what does not apply; texts as they are.
public struct ResultsTable: Sendable {
  /// The names of the columns.
  public let columns: [String]
  /// The rows; `nil` for what does not apply.
  public let rows: [[String?]]

  /// Makes the table of a sweep.
  public init(_ snapshot: SweepSnapshot) {
    let fixed = Self.fields.map(\.name)
    let axes = snapshot.detail.axes.map(\.name).filter { !fixed.contains($0) }
    columns = Array(fixed.prefix(Self.axesAt)) + axes + fixed.dropFirst(Self.axesAt) + ["image"]
    rows = snapshot.rows.map { row in
      let values = Self.fields.map { $0.value(row) }
      let places = axes.map { axis in
        row.cell.coordinates.first { $0.axis == axis }?.value
      }
      let image = row.cell.state == .done ? snapshot.file(of: row) : nil
      return Array(values.prefix(Self.axesAt)) + places + values.dropFirst(Self.axesAt) + [image]
    }
  }

  /// The table as CSV.
  public var csv: String {
    ([columns.map(Optional.some)] + rows).map { row in
      row.map { Self.quoted($0 ?? "") }.joined(separator: ",") + "\n"
    }.joined()
  }

  private struct Field {
    var name: String
    var value: @Sendable (ResultRow) -> String?
  }

  /// Where the axes' columns come in.
  private static let axesAt = 6

  private static let fields: [Field] = [
    Field(name: "sweep") { "\($0.sweep)" }, Field(name: "name") { $0.name },
    Field(name: "cell") { $0.cell.place },
    Field(name: "row") { $0.cell.role == .cell ? "\($0.cell.row + 1)" : nil },
    Field(name: "column") { $0.cell.role == .cell ? "\($0.cell.column + 1)" : nil },
    Field(name: "page") { $0.cell.role == .cell ? "\($0.cell.page + 1)" : nil },
    Field(name: "variant") { $0.cell.variant.key.description },
    Field(name: "source") { $0.cell.variant.source?.description },
    Field(name: "state") { $0.cell.state.rawValue },
    Field(name: "error_code") { $0.cell.variant.errorCode },
    Field(name: "error") { $0.cell.variant.errorText },
    Field(name: "attempts") { "\($0.cell.variant.attempts)" },
    Field(name: "model") { $0.modelFolder },
    Field(name: "model_digest") { $0.source.model.description },
    Field(name: "prompt") { $0.source.prompt }, Field(name: "edit_prompt") { $0.edit.prompt },
    Field(name: "negative") { $0.source.negative.isEmpty ? nil : $0.source.negative },
    Field(name: "method") { $0.edit.method.rawValue },
    Field(name: "label") { $0.cell.label.isEmpty ? nil : $0.cell.label },
    Field(name: "tau_from") { "\($0.edit.cross.from)" },
    Field(name: "tau_to") { "\($0.edit.cross.to)" },
    Field(name: "self_from") { "\($0.edit.selfWindow.from)" },
    Field(name: "self_to") { "\($0.edit.selfWindow.to)" },
    Field(name: "seed") { "\($0.source.seed)" },
    Field(name: "sampler") { $0.source.sampler.rawValue },
    Field(name: "steps") { "\($0.source.steps)" },
    Field(name: "cfg") { NumberText.of($0.source.guidance) },
    Field(name: "width") { "\($0.source.width)" }, Field(name: "height") { "\($0.source.height)" },
    Field(name: "maps") { $0.source.maps.rawValue },
    Field(name: "self_max") { $0.source.selfMax.map(String.init) },
    Field(name: "dtype") { $0.source.compute.rawValue },
    Field(name: "numerics") {
      "\($0.source.numerics.mode.rawValue)-\($0.source.numerics.revision)"
    },
    Field(name: "evaluations") { "\($0.evaluations)" },
    Field(name: "seconds") { NumberText.of((($0.seconds * 1000).rounded()) / 1000) },
    Field(name: "finished") { row in
      row.cell.variant.finishedMs.map {
        Date(timeIntervalSince1970: Double($0) / 1000).formatted(.iso8601)
      }
    },
  ]

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
