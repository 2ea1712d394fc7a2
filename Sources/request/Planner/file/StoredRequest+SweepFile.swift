import EditJobs
import Files
import Yams

/// A stored request in the words of a sweep file: what was asked, to be asked again.
extension StoredRequest {
  /// The text of the sweep file that asks for the same as a request of the job table; the request itself
  /// where it is none of ours.
  public static func sweepFile(_ json: String) -> String {
    guard let stored = try? StoredRequest(json: json), let yaml = try? stored.yaml else {
      return json + "\n"
    }
    return stored.comments.map { "# \($0)\n" }.joined() + yaml
  }

  /// Whether two sweep files hold the same, however they are written.
  public static func sameSweepFile(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    guard let one = try? Yams.compose(yaml: one) else { return false }
    return (try? Yams.compose(yaml: other)) == one
  }

  private var yaml: String {
    get throws { try Yams.serialize(node: .map(members), width: -1, allowUnicode: true) }
  }

  /// What a person should know who reads it, and no program asks for.
  private var comments: [String] {
    var lines = ["p2p sweep sweep.yaml asks for the same again."]
    if models.count == 1, let digest = models[0].digest {
      lines.append("The model's digest: \(Self.line(digest))")
    }
    if let image { lines.append("The photograph: \(Self.line(image))") }
    for (_, image) in (images ?? [:]).sorted(by: Self.byName) {
      lines.append("A photograph: \(Self.line(image))")
    }
    if let kernels { lines.append("The native kernels: \(Self.line(kernels))") }
    guard models.count != 1 else { return lines }
    return lines
      + models.map { model in
        [("digest", model.digest), ("folder", model.folder)].compactMap { name, value in
          value.map { "\(name): \(Self.line($0))" }
        }.joined(separator: ", ")
      }
  }

  /// A text in one line, as JSON writes it without its quotes.
  private static func line(_ text: String) -> String {
    String(YAMLText.escaped(text.jsonQuoted(.byNumber)).unicodeScalars.dropFirst().dropLast())
  }

  private static func line(_ image: Photograph) -> String {
    "\(line(image.file)), \(image.sha256 ?? "null")"
  }

  private static func byName<Value>(
    _ left: (key: String, value: Value), _ right: (key: String, value: Value)
  ) -> Bool {
    left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
  }
}

/// The lines of the file.
extension StoredRequest {
  /// Settings by name, then the axes in their order, which is that of the grid.
  private var members: [(String, Node)] {
    var members: [String: [(String, Node)]] = [:]
    for (stored, value) in scalars {
      guard let node = Node.scalar(value) else { continue }
      let name = Setting.all.first { $0.storedName == stored }?.name ?? stored
      members[stored] = [(name, node)]
    }
    // A setting has one value: a list of one would read as well, and says less.
    members["settings"] = settings.sorted(by: Self.byName).map { name, values in
      (name, values.count == 1 ? .text(values[0]) : .texts(values))
    }
    if size.count == 2 { members["size"] = [("size", .text("\(size[0])x\(size[1])"))] }
    if models.count == 1, let folder = models[0].folder {
      members["model"] = [("model", .text(folder))]
    }
    if let image { members["image"] = [("image", .text(Self.typed(image)))] }
    if let exclude {
      members["exclude"] = [
        (
          "exclude",
          .list(
            exclude.map { entry in
              .map(entry.sorted(by: Self.byName).map { ($0.key, .texts($0.value)) })
            })
        )
      ]
    }
    var lines = members.sorted(by: Self.byName).flatMap(\.value)
    // Said, because settings may say otherwise where the file is read.
    if scalars[Setting.numerics.name] == nil {
      lines.append((Setting.numerics.name, .text(Numerics.Mode.portable.rawValue)))
    }
    return lines + grid
  }

  /// A photograph by the hash under which it is stored, so that it can be asked for anywhere; as it was
  /// typed where there is none.
  private static func typed(_ image: Photograph) -> String {
    image.sha256.map { "sha256:\($0)" } ?? image.file
  }

  /// The axes: members of zip groups stand under `zip`, and what comes behind a group stands there as a
  /// group of one.
  private var grid: [(String, Node)] {
    var (plain, groups): ([(String, Node)], [Node]) = ([], [])
    for axis in axes {
      let members = ([axis] + (axis.zip ?? [])).map { ($0.name, Node.texts(values(of: $0))) }
      if members.count == 1, groups.isEmpty {
        plain += members
      } else {
        groups.append(.map(members))
      }
    }
    var lines: [(String, Node)] = []
    if !plain.isEmpty { lines.append(("axes", .map(plain))) }
    if !groups.isEmpty { lines.append(("zip", .list(groups))) }
    let cells = axes.reduce(1) { $0 * max(1, $1.values.count) }
    if cells > SweepRequest.defaultMaxCells {
      lines.append((Setting.maxCells.name, .number("\(cells)")))
    }
    return lines
  }

  /// Values that mean the same in any folder.
  private func values(of axis: Axis) -> [String] {
    switch axis.name {
    case Setting.model.name where models.count == axis.values.count:
      models.compactMap(\.folder)
    case Setting.image.name:
      axis.values.map { value in images?[value].map(Self.typed) ?? value }
    default: axis.values
    }
  }
}

extension Node {
  /// A text in double quotes, so that it is nothing else.
  fileprivate static func text(_ text: String) -> Node {
    .scalar(Scalar(text, .implicit, .doubleQuoted))
  }

  fileprivate static func number(_ digits: String) -> Node {
    .scalar(Scalar(digits, .implicit, .plain))
  }

  /// `nil` where nothing is said.
  fileprivate static func scalar(_ value: StoredScalar) -> Node? {
    switch value {
    case .text(let text): .text(text)
    case .number(let digits): .number(digits)
    case .flag(let flag): .number(flag ? "true" : "false")
    case .null: nil
    }
  }

  fileprivate static func texts(_ texts: [String]) -> Node {
    .sequence(Sequence(texts.map(Node.text), .implicit, .flow))
  }

  fileprivate static func list(_ nodes: [Node]) -> Node {
    .sequence(Sequence(nodes, .implicit, .block))
  }

  fileprivate static func map(_ pairs: [(String, Node)]) -> Node {
    .mapping(Mapping(pairs.map { (name($0.0), $0.1) }, .implicit, .block))
  }

  /// A name without quotes where YAML cannot misread it.
  private static func name(_ name: String) -> Node {
    let isSafe = name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_")
    }
    let words = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    return isSafe && !name.isEmpty && !words.contains(name)
      ? .scalar(Scalar(name, .implicit, .plain)) : text(name)
  }
}
