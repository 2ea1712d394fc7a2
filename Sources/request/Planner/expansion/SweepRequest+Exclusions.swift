public import Files

extension SweepRequest {
  /// Leaves cells out, as on the command line: `tau=1,w:crown=2`.
  ///
  /// A value may be a list or a range: `tau=0,0.25` leaves out both.
  ///
  /// - Throws: `bad-exclude`, `unknown-axis`, `axis-value`.
  public mutating func exclude(_ text: String) throws(EditError) {
    var members: [(name: String, text: String)] = []
    for piece in AxisItems.pieces(text) {
      if let (name, value) = Self.pair(piece), AxisKind(name: name) != nil || members.isEmpty {
        members.append((name, value))
      } else if let last = members.indices.last {
        members[last].text += ",\(piece)"
      } else {
        throw EditError(
          "bad-exclude", .data, "exclude cannot be \"\(text)\"", hint: "tau=1,w:crown=2")
      }
    }
    try exclude(members.map { (name: $0.name, texts: [$0.text]) })
  }

  /// Leaves out the cells that match all members.
  ///
  /// - Throws: as the other form.
  public mutating func exclude(_ members: [(name: String, texts: [String])]) throws(EditError) {
    var entry = SweepExclusion(members: [])
    for member in members {
      let kind = try Self.axisKind(member.name)
      var setting = AxisSetting(kind: kind, items: [], isExplicit: true)
      for text in member.texts { setting.items += try Self.items(text, of: kind) }
      try Self.checkCount(setting)
      entry.members.append(.init(kind: kind, values: setting.values()))
    }
    guard !entry.members.isEmpty else {
      throw EditError(
        "bad-exclude", .data, "an entry of exclude names no axis", hint: "tau=1,w:crown=2")
    }
    add(entry)
  }

  /// Values of an entry are made before the cells are counted: a range may not be endless.
  private static func checkCount(_ setting: AxisSetting) throws(EditError) {
    guard setting.count <= defaultMaxCells else {
      throw EditError(
        "bad-exclude", .data,
        "an entry of exclude has \(setting.count) values of "
          + setting.kind.name)
    }
  }

  /// Splits at the first `=` outside quotes.
  private static func pair(_ text: String) -> (String, String)? {
    var isQuoted = false
    let scalars = text.unicodeScalars
    for index in scalars.indices {
      if scalars[index] == "\"" { isQuoted.toggle() }
      if scalars[index] == "=", !isQuoted, index > scalars.startIndex {
        let name = AxisItems.trimmed(Substring(scalars[..<index]))
        return (name, String(scalars[scalars.index(after: index)...]))
      }
    }
    return nil
  }
}

extension SweepRequest {
  /// Makes one axis of several: value by value together, named by the first.
  ///
  /// - Throws: `zip-lengths` where one has more values than another, `axis-twice` where an axis has
  ///   values already, `unknown-axis`, `axis-value`.
  public mutating func zip(_ members: [(name: String, texts: [String])]) throws(EditError) {
    let group = nextZip
    var settings: [AxisSetting] = []
    for member in members {
      let kind = try Self.axisKind(member.name)
      guard !(self.settings + settings).contains(where: { $0.kind == kind }) else {
        throw EditError(
          "axis-twice", .data, "\(kind.name) has values already, and stands in zip too")
      }
      var setting = AxisSetting(kind: kind, items: [], isExplicit: true, zip: group)
      for text in member.texts { setting.items += try Self.items(text, of: kind) }
      settings.append(setting)
    }
    guard let first = settings.first else {
      throw EditError("zip-lengths", .data, "a zip group names no axis")
    }
    for other in settings where other.count != first.count {
      throw EditError(
        "zip-lengths", .data,
        "the lists of a zip group are of equal length: \(first.kind.name) has \(first.count) "
          + "values, \(other.kind.name) has \(other.count)")
    }
    guard first.count > 0 else {
      throw EditError("empty-grid", .data, "\(first.kind.name) has no value: the grid is empty")
    }
    settings.forEach { add($0) }
  }
}
