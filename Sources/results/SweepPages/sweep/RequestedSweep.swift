import Files
import Planner

/// A request in the words of a sweep file: what was asked, to be asked again.
struct RequestedSweep {
  typealias Value = RequestYAML.Value

  /// The lines of the file.
  private(set) var members: [(String, Value)] = []
  /// What a person should know who reads it, and no program asks for.
  private(set) var comments = ["p2p sweep sweep.yaml asks for the same again."]

  /// Translates the canonical request of a job table.
  init(_ request: Value) {
    guard case .map(let pairs) = request else { return }
    let models = Self.list(pairs, "models")
    for (name, value) in pairs {
      switch Self.plain(name) {
      case "p2p", "models", "axes": break
      case "image":
        add("image", Self.stored(value))
        comments.append("The photograph: \(Self.fileName(value))")
      case "images":
        comments += Self.map(value).map { "A photograph: \(Self.fileName($0.1))" }
      case "blend_substract": add("blend_subtract", value)
      case "blend_threshold": addThresholds(Self.plain(value.scalarText))
      case "digest": comments.append("The model's digest: \(Self.plain(value.scalarText))")
      case "kernels": comments.append("The native kernels: \(Self.plain(value.scalarText))")
      case "size":
        let sides = Self.list(value).map(\.scalarText)
        if sides.count == 2 { add("size", .scalar("\"\(sides.joined(separator: "x"))\"")) }
      case "settings":
        // A setting has one value: a list of one would read as well, and says less.
        for (name, values) in Self.map(value) {
          let texts = Self.list(values)
          members.append((name, texts.count == 1 ? texts[0] : .list(texts)))
        }
      default: if value.scalarText != "null" { members.append((name, value)) }
      }
    }
    // Said, because settings may say otherwise where the file is read.
    if !pairs.contains(where: { Self.plain($0.0) == "numerics" }) {
      add("numerics", .scalar("\"portable\""))
    }
    for model in models {
      let facts = Self.map(model).map { ($0.0, Self.plain($0.1.scalarText)) }
      comments.append(facts.map { "\(Self.plain($0.0)): \($0.1)" }.joined(separator: ", "))
    }
    let images = pairs.first { Self.plain($0.0) == "images" }.map { Self.map($0.1) } ?? []
    addAxes(Self.list(pairs, "axes"), models, images)
  }

  /// One threshold, or two in one text, as requests once had them.
  private mutating func addThresholds(_ text: String) {
    let names = ["blend_threshold", "blend_subtract_threshold"]
    for (name, part) in zip(names, text.split(separator: ",")) {
      add(name, .scalar("\"\(part.withoutBlanks)\""))
    }
  }

  /// A photograph by the hash under which it is stored, so that it can be asked for anywhere; as it was
  /// typed where there is none.
  private static func stored(_ value: Value) -> Value {
    let pairs = map(value)
    let hash = plain(pairs.first { plain($0.0) == "sha256" }?.1.scalarText ?? "null")
    guard hash != "null" else {
      return pairs.first { plain($0.0) == "file" }?.1 ?? .scalar("\"\"")
    }
    return .scalar("\"sha256:\(hash)\"")
  }

  private static func fileName(_ value: Value) -> String {
    let pairs = map(value)
    let facts = ["file", "sha256"].compactMap { name in
      pairs.first { plain($0.0) == name }.map { plain($0.1.scalarText) }
    }
    return facts.joined(separator: ", ")
  }

  /// The axes in their order, which is that of the grid: members of zip groups stand under `zip`, and
  /// what comes behind a group stands there as a group of one.
  private mutating func addAxes(
    _ axes: [Value], _ models: [Value], _ images: [(String, Value)]
  ) {
    var cells = 1
    var (plain, groups): ([(String, Value)], [Value]) = ([], [])
    for axis in axes {
      let members = [axis] + Self.list(Self.map(axis), "zip")
      let pairs = members.map { member in
        let pairs = Self.map(member)
        let name = pairs.first { Self.plain($0.0) == "name" }?.1.scalarText ?? ""
        var values = Self.list(pairs, "values")
        if Self.plain(name) == "model", values.count == models.count {
          // As they were typed, names mean something in one folder only.
          values = models.compactMap { model in
            Self.map(model).first { Self.plain($0.0) == "folder" }?.1
          }
        }
        if Self.plain(name) == "image" {
          values = values.map { value in
            images.first { $0.0 == value.scalarText }.map { Self.stored($0.1) } ?? value
          }
        }
        return (name, Value.list(values))
      }
      cells *= max(1, Self.list(pairs[0].1).count)
      if pairs.count == 1, groups.isEmpty { plain += pairs } else { groups.append(.map(pairs)) }
    }
    if !plain.isEmpty { add("axes", .map(plain)) }
    if !groups.isEmpty { add("zip", .list(groups)) }
    if cells > SweepRequest.defaultMaxCells { add("max_cells", .scalar("\(cells)")) }
  }

  private mutating func add(_ name: String, _ value: Value) {
    members.append(("\"\(name)\"", value))
  }

  private static func list(_ value: Value) -> [Value] {
    if case .list(let items) = value { items } else { [] }
  }

  private static func list(_ pairs: [(String, Value)], _ name: String) -> [Value] {
    pairs.first { plain($0.0) == name }.map { list($0.1) } ?? []
  }

  private static func map(_ value: Value) -> [(String, Value)] {
    if case .map(let pairs) = value { pairs } else { [] }
  }

  /// A JSON string without its quotes.
  private static func plain(_ text: String) -> String {
    text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
  }
}
