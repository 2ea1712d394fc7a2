import EditJobs

extension SweepRequest {
  /// The request in canonical JSON, with every value spelt out: equal requests give equal texts.
  ///
  /// The client's key and the cap are not part of it: they say how to submit, not what.
  func canonicalJSON(
    models: [Submission.Model], name: String, grid: CellGrid, compute: ComputeType,
    numerics: Numerics
  ) -> String {
    var members: [String: CanonicalValue] = [
      "p2p": .number("1"), "prompt": .text(prompt ?? ""),
      "size": .list(size.map { [.integer($0.width), .integer($0.height)] } ?? []),
      "maps": .text(maps.rawValue), "name": .text(name), "priority": .integer(priority),
      "reprompt": .flag(includesReprompt), "axes": .list(grid.axes.map(Self.axis)),
    ]
    if let only = models.first, models.count == 1 {
      members["model"] = .text(only.folder)
      members["digest"] = .text(only.facts.digest.description)
    } else {
      members["models"] = .list(
        models.map {
          .object([
            "folder": .text($0.folder), "digest": .text($0.facts.digest.description),
          ])
        })
    }
    // What a source is made of stands by itself, unless it varies.
    func one(_ kind: AxisKind, _ value: (SweepValue?) -> CanonicalValue) -> CanonicalValue? {
      isAxis(kind) ? nil : value(grid.values(of: kind).first)
    }
    members["negative"] = one(.negative) { .text($0?.description ?? "") }
    members["steps"] = one(.steps) { .integer(ModelPlan.steps($0)) }
    members["cfg"] = one(.cfg) { .number(($0?.number ?? Self.defaultGuidance).description) }
    members["sampler"] = one(.sampler) {
      .text(($0.flatMap { SamplerKind(rawValue: $0.description) } ?? .ddim).rawValue)
    }
    members["self_max"] = one(.selfMax) { $0?.number.map { .number($0.description) } ?? .null }
    members["method"] = one(.method) {
      .text(($0.flatMap { EditMethod(rawValue: $0.description) } ?? .auto).rawValue)
    }
    for kind in [AxisKind.blendThreshold, .blendSubtractThreshold, .blendStart] {
      guard let value = grid.values(of: kind).first else { continue }
      members[kind.name] = one(kind) { _ in .text(value.description) }
    }
    var settings: [String: CanonicalValue] = [:]
    for setting in self.settings where !setting.isAxis {
      guard members[setting.kind.name] == nil else { continue }
      guard !setting.kind.isOfSource || setting.kind == .seed else { continue }
      settings[setting.kind.name] = .list(Self.texts(grid.values(of: setting.kind)))
    }
    members["settings"] = .object(settings)
    if isAxis(.image) {
      members["images"] = .object(
        Dictionary(
          images.map { ($0, photograph($0)) }, uniquingKeysWith: { first, _ in first }))
    } else {
      members["image"] = images.first.map(photograph)
    }
    // f32 stands for what every request was before there was a choice, to the byte.
    members["dtype"] = compute == .f32 ? nil : .text(compute.rawValue)
    // Portable numerics too.
    if let kernels = numerics.kernels {
      members["numerics"] = .text(numerics.mode.rawValue)
      members["kernels"] = .text(kernels)
    }
    members["inversion"] = images.first.map { _ in .text((inversion ?? .direct).rawValue) }
    members["compat"] = compat.map { .text($0.rawValue) }
    // The name that it had when the first requests were kept.
    members["blend_substract"] = blendSubtract.map { .text($0) }
    if !exclusions.isEmpty {
      members["exclude"] = .list(
        exclusions.map { entry in
          .object(
            Dictionary(
              entry.members.map { ($0.kind.name, .list(Self.texts($0.values))) },
              uniquingKeysWith: { first, _ in first }))
        })
    }
    return CanonicalValue.object(members).json
  }

  private func photograph(_ typed: String) -> CanonicalValue {
    let known = photographs[typed] ?? ImageReference(typed: typed)
    return .object([
      "file": .text(known.file), "sha256": known.digest.map { .text($0.description) } ?? .null,
    ])
  }

  private func isAxis(_ kind: AxisKind) -> Bool {
    settings.contains { $0.kind == kind && $0.isAxis }
  }

  private static func axis(_ axis: CellGrid.Axis) -> CanonicalValue {
    func member(_ index: Int) -> [String: CanonicalValue] {
      ["name": .text(axis.members[index].name), "values": .list(texts(axis.values(index)))]
    }
    var object = member(0)
    if axis.members.count > 1 {
      object["zip"] = .list(axis.members.indices.dropFirst().map { .object(member($0)) })
    }
    return .object(object)
  }

  private static func texts(_ values: [SweepValue]) -> [CanonicalValue] {
    values.map { .text($0.description) }
  }
}
