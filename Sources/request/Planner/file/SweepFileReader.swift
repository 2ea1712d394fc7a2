import Files
import Yams

/// Walks the nodes of a sweep file and fills a request; errors are collected with their places.
struct SweepFileReader {
  private(set) var request = SweepRequest()
  private(set) var errors: [EditError] = []
  private let file: String
  private let lines: [String]
  /// The lines where settings stand.
  private var told: [String: Int] = [:]

  init(yaml: String, file: String) { (lines, self.file) = (Self.lines(yaml), file) }

  static func lines(_ yaml: String) -> [String] {
    yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
  }

  /// Names that hold other names.
  private static let blocks = ["axes", "sweep", "tau_words", "zip", "exclude"]

  /// Reads the whole file.
  ///
  /// What is null is absent, wherever a value may stand; in a list it is an error.
  mutating func read(_ root: Node) {
    guard let mapping = root.mapping else {
      return report(root, EditError("sweep-file", .data, "a sweep file holds `name: value` lines"))
    }
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        report(key, EditError("sweep-file", .data, "a name is a text"))
        continue
      }
      switch name {
      case "axes": readAxes(value)
      case "tau_words": readWordWindows(value)
      case "sweep": set("name", key, value)
      case "$schema": break
      case "zip": readEntries(value, "zip") { reader, entry in reader.readZip(entry) }
      case "exclude":
        readEntries(value, "exclude") { reader, entry in reader.readExclusion(entry) }
      default: set(name, key, value)
      }
    }
  }

  private mutating func set(_ name: String, _ key: Node, _ value: Node) {
    if let kind = AxisKind(name: name) {
      if value.isNull { return }
      guard remember(kind.name, key) else { return }
      for text in texts(value, of: kind) {
        attempt(text.node) { request throws(EditError) in try request.set(name, to: text.text) }
      }
      return
    }
    guard let option = SweepRequest.option(name)?.name else {
      let names = SweepRequest.settingNames + Self.blocks
      return report(key, SweepRequest.unknown(name, "setting", among: names))
    }
    if value.isNull { return }
    guard let scalar = value.scalar else {
      return report(value, EditError("sweep-file", .data, "\(name) takes one value"))
    }
    guard remember(option, value, at: key) else { return }
    attempt(value) { request throws(EditError) in try request.set(option, to: scalar.string) }
  }

  private mutating func readAxes(_ node: Node) {
    if node.isNull { return }
    guard let mapping = node.mapping else {
      return report(node, EditError("sweep-file", .data, "axes holds `axis: values` lines"))
    }
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      guard let kind = AxisKind(name: name) else {
        attempt(key) { request throws(EditError) in try request.setAxis(name, to: "") }
        continue
      }
      if value.isNull { continue }
      guard remember(kind.name, key) else { continue }
      for text in texts(value, of: kind) {
        attempt(text.node) { request throws(EditError) in
          try request.setAxis(kind.name, to: text.text)
        }
      }
    }
  }

  private mutating func readWordWindows(_ node: Node) {
    if node.isNull { return }
    guard let mapping = node.mapping else {
      return report(node, EditError("sweep-file", .data, "tau_words holds `word: window` lines"))
    }
    for (key, value) in mapping { set("tau:\(key.scalar?.string ?? "")", key, value) }
  }

  // MARK: zip and exclude

  /// Reads a list of mappings; a single mapping counts as a list of one.
  private mutating func readEntries(
    _ node: Node, _ name: String, _ read: (inout Self, Node.Mapping) -> Void
  ) {
    if node.isNull { return }
    if let mapping = node.mapping { return read(&self, mapping) }
    guard let sequence = node.sequence, !sequence.isEmpty else {
      return report(
        node, EditError("sweep-file", .data, "\(name) holds a list of `axis: values` groups"))
    }
    for item in sequence {
      if let mapping = item.mapping {
        read(&self, mapping)
      } else {
        report(item, EditError("sweep-file", .data, "\(name) holds `axis: values` groups"))
      }
    }
  }

  private mutating func readZip(_ mapping: Node.Mapping) {
    var members: [(name: String, texts: [String])] = []
    for (name, texts, key) in pairs(mapping) {
      guard remember(name, key) else { return }
      members.append((name, texts))
    }
    guard let node = mapping.first?.key else {
      return errors.append(EditError("sweep-file", .data, "a zip group of \(file) names no axis"))
    }
    attempt(node) { request throws(EditError) in try request.zip(members) }
  }

  private mutating func readExclusion(_ mapping: Node.Mapping) {
    let members = pairs(mapping).map { (name: $0.name, texts: $0.texts) }
    guard let node = mapping.first?.key else {
      return errors.append(
        EditError("sweep-file", .data, "an entry of exclude in \(file) names no axis"))
    }
    attempt(node) { request throws(EditError) in try request.exclude(members) }
  }

  /// The axes of a group with the texts of their values.
  private mutating func pairs(
    _ mapping: Node.Mapping
  ) -> [(name: String, texts: [String], key: Node)] {
    var pairs: [(name: String, texts: [String], key: Node)] = []
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      guard let kind = AxisKind(name: name) else {
        attempt(key) { _ throws(EditError) in _ = try SweepRequest.axisKind(name) }
        continue
      }
      if value.isNull { continue }
      pairs.append((kind.name, texts(value, of: kind).map(\.text), key))
    }
    return pairs
  }

  /// The texts of an axis' values: a scalar, or a list of them; a pair in a list is a window.
  private mutating func texts(_ node: Node, of kind: AxisKind) -> [(text: String, node: Node)] {
    if let scalar = node.scalar { return [(scalar.string, node)] }
    guard let sequence = node.sequence else {
      report(node, EditError("sweep-file", .data, "\(kind.name) takes a value or a list of values"))
      return []
    }
    if sequence.isEmpty {
      report(node, EditError("empty-grid", .data, "\(kind.name) has no value: the grid is empty"))
    }
    var texts: [(text: String, node: Node)] = []
    for item in sequence {
      let ends = item.sequence?.compactMap { $0.isNull ? nil : $0.scalar?.string }
      if item.isNull {
        report(
          item,
          EditError(
            "sweep-file", .data, "null is no value of \(kind.name)",
            details: ["in quotes it is the word"]))
      } else if let scalar = item.scalar {
        texts.append((scalar.string, item))
      } else if kind.isWindow, let ends, ends.count == 2, item.sequence?.count == 2 {
        texts.append(("[\(ends[0]),\(ends[1])]", item))
      } else {
        report(item, EditError("sweep-file", .data, "\(kind.name) takes no nested list here"))
      }
    }
    return texts
  }

  // MARK: errors

  private mutating func attempt(
    _ node: Node, _ change: (inout SweepRequest) throws(EditError) -> Void
  ) {
    do throws(EditError) { try change(&request) } catch { report(node, error) }
  }

  private mutating func report(_ node: Node, _ error: EditError) {
    errors.append(place(node)?.locate(error) ?? error)
  }

  /// Remembers where a setting stands, once: `tau` at the top and among the axes, or under two
  /// spellings, would be two answers to one question.
  ///
  /// - Parameter key: where its name stands, if errors are to be shown elsewhere.
  /// - Returns: whether it is the first time.
  private mutating func remember(_ setting: String, _ node: Node, at key: Node? = nil) -> Bool {
    let name = key ?? node
    if let line = told[setting] {
      report(
        name,
        EditError("set-twice", .data, "\(setting) stands twice: it is set in line \(line) too"))
      return false
    }
    told[setting] = name.mark?.line ?? 0
    request.places[setting] = place(node)
    return true
  }

  private func place(_ node: Node) -> FilePlace? {
    node.mark.map { mark in
      FilePlace(
        file: file, line: mark.line, column: mark.column,
        text: lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : "")
    }
  }
}
