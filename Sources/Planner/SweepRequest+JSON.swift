import EditJobs

extension SweepRequest {
  /// The request in canonical JSON, with every value spelt out: equal requests give equal texts.
  ///
  /// The client's key and the cap are not part of it: they say how to submit, not what.
  func canonicalJSON(
    modelFolder: String, model: ModelFacts, name: String, values: [AxisSetting: [SweepValue]]
  ) -> String {
    var settings: [String: CanonicalValue] = [:]
    for setting in self.settings where !setting.isAxis {
      settings[setting.kind.name] = .list(Self.texts(setting, values))
    }
    let axes = self.axes.map { axis in
      CanonicalValue.object([
        "name": .text(axis.kind.name), "values": .list(Self.texts(axis, values)),
      ])
    }
    return CanonicalValue.object([
      "p2p": .number("1"), "model": .text(modelFolder), "digest": .text(model.digest.description),
      "prompt": .text(prompt ?? ""), "negative": .text(negative), "steps": .integer(steps),
      "cfg": .number(guidance.description),
      "size": .list(size.map { [.integer($0.width), .integer($0.height)] } ?? []),
      "sampler": .text(sampler.rawValue), "maps": .text(maps.rawValue),
      "self_max": selfMax.map { .integer($0) } ?? .null, "method": .text(method.rawValue),
      "name": .text(name), "priority": .integer(priority), "reprompt": .flag(includesReprompt),
      "settings": .object(settings), "axes": .list(axes),
    ]).json
  }

  private static func texts(
    _ setting: AxisSetting, _ values: [AxisSetting: [SweepValue]]
  ) -> [CanonicalValue] {
    (values[setting] ?? []).map { .text($0.description) }
  }
}
