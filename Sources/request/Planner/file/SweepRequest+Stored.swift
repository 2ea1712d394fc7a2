import EditJobs
public import Files

extension SweepRequest {
  /// What the job table keeps of the request.
  func stored(_ settled: SettledRequest, models: [Submission.Model], grid: CellGrid)
    -> StoredRequest
  {
    var stored = StoredRequest()
    for setting in Setting.all {
      stored.scalars[setting.storedName] = scalar(setting, settled, grid)
    }
    for setting in settings where !setting.isAxis {
      guard case .listed = setting.kind.setting.stored else { continue }
      stored.settings[setting.kind.name] = grid.texts(of: setting.kind)
    }
    stored.size = size.map { [$0.width, $0.height] } ?? []
    stored.axes = grid.axes.map { axis in
      func member(_ index: Int) -> StoredRequest.Axis {
        StoredRequest.Axis(
          name: axis.members[index].name, values: axis.values(index).map(\.description))
      }
      var first = member(0)
      if axis.members.count > 1 { first.zip = axis.members.indices.dropFirst().map(member) }
      return first
    }
    stored.models = models.map {
      StoredRequest.Model(folder: $0.folder, digest: $0.facts.digest.description)
    }
    if isAxis(.image) {
      stored.images = Dictionary(
        images.map { ($0, photograph($0)) }, uniquingKeysWith: { first, _ in first })
    } else {
      stored.image = images.first.map(photograph)
    }
    stored.kernels = settled.numerics.kernels
    if !exclusions.isEmpty {
      stored.exclude = exclusions.map { entry in
        Dictionary(
          entry.members.map { ($0.kind.name, $0.values.map(\.description)) },
          uniquingKeysWith: { first, _ in first })
      }
    }
    return stored
  }

  /// The member of a setting; `nil` where it has none.
  private func scalar(
    _ setting: Setting, _ settled: SettledRequest, _ grid: CellGrid
  ) -> StoredScalar? {
    if case .one(let member) = setting.stored { return member(settled) }
    // What varies stands among the axes.
    guard setting.isAxis, !isAxis(AxisKind(setting)) else { return nil }
    let value = grid.values(of: AxisKind(setting)).first
    switch setting.stored {
    case .always(let member): return member(value)
    case .said: return value.map { .text($0.description) }
    case .listed, .one, .apart: return nil
    }
  }

  private func photograph(_ typed: String) -> StoredRequest.Photograph {
    let known = photographs[typed] ?? ImageReference(typed: typed)
    return StoredRequest.Photograph(file: known.file, sha256: known.digest?.description)
  }

  private func isAxis(_ kind: AxisKind) -> Bool {
    settings.contains { $0.kind == kind && $0.isAxis }
  }
}

extension SweepRequest {
  /// Reads back the canonical JSON in which the job table keeps a request.
  ///
  /// - Throws: `request-unreadable` (65) where it is not one of ours, and what `set(_:to:)` throws.
  public init(canonical json: String) throws(EditError) {
    try self.init(StoredRequest(json: json))
  }

  /// Asks for what was stored; throws what `set(_:to:)` throws.
  init(_ stored: StoredRequest) throws(EditError) {
    self.init()
    // What a request does not say was settled when it was made, whatever the settings are now.
    numerics = .portable
    for axis in stored.axes {
      let members = [axis] + (axis.zip ?? [])
      if members.count > 1 {
        try zip(members.map { (name: $0.name, texts: $0.values) })
      } else {
        for text in axis.values { try setAxis(axis.name, to: text) }
      }
    }
    for (name, value) in stored.scalars.sorted(by: { $0.key < $1.key }) {
      if let text = value.asTyped { try set(name, to: text) }
    }
    for (name, texts) in stored.settings.sorted(by: { $0.key < $1.key }) {
      for text in texts { try set(name, to: text) }
    }
    if stored.size.count == 2 {
      try set(Setting.size.name, to: "\(stored.size[0])x\(stored.size[1])")
    }
    // Models that vary stand among the axes.
    if stored.models.count == 1, let folder = stored.models[0].folder, !isAxis(.model) {
      try set(Setting.model.name, to: folder)
    }
    if let image = stored.image {
      try set(Setting.image.name, to: image.file)
      photographs[image.file] = ImageReference(image)
    }
    for (typed, image) in stored.images ?? [:] { photographs[typed] = ImageReference(image) }
    for entry in stored.exclude ?? [] {
      let members = entry.sorted { $0.key < $1.key }
      try exclude(members.map { (name: $0.key, texts: $0.value) })
    }
  }
}

extension ImageReference {
  /// A photograph as it is stored.
  fileprivate init(_ stored: StoredRequest.Photograph) {
    self.init(file: stored.file, digest: stored.sha256.flatMap { Digest(hex: $0) })
  }
}
