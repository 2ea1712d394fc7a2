import ArgumentParser
import EditJobs
import Files
import Planner

/// What an edit is made of: the same on `enqueue`, where each has one value, and on `sweep`, where
/// several values make an axis.
struct RequestOptions: ParsableArguments {
  @Option(.model) var model: [TypedSetting]

  @Option(help: "Folder with the configs and tokenizer that a single-file model is read with.")
  var modelConfig: String?

  @Option(.prompt) var prompt: TypedSetting?
  @Option(.image) var image: [TypedSetting]
  @Option(.inversion) var inversion: TypedSetting?
  @Option(.to) var to: [TypedSetting]
  @Option(.negative) var negative: [TypedSetting]
  @Option(.method) var method: [TypedSetting]
  @Option(.tau) var tau: [TypedSetting]
  @Option(.selfTau) var selfTau: [TypedSetting]
  @Option(.weight) var weight: [TypedSetting]
  @Option(.wordTau) var wordTau: [TypedSetting]
  @Option(.blend) var blend: [TypedSetting]
  @Option(.blendSubtract) var blendSubtract: TypedSetting?
  @Option(.blendThreshold) var blendThreshold: [TypedSetting]
  @Option(.blendSubtractThreshold) var blendSubtractThreshold: [TypedSetting]
  @Option(.blendStart) var blendStart: [TypedSetting]
  @Option(.seed) var seed: [TypedSetting]
  @Option(.steps) var steps: [TypedSetting]
  @Option(.cfg) var cfg: [TypedSetting]
  @Option(.sampler) var sampler: [TypedSetting]
  @Option(.compat) var compat: TypedSetting?
  @Option(.size) var size: TypedSetting?
  @Option(.dtype) var dtype: TypedSetting?
  @Option(.numerics) var numerics: TypedSetting?
  @Option(.maps) var maps: TypedSetting?
  @Option(.selfMax) var selfMax: [TypedSetting]
  @Option(.priority) var priority: TypedSetting?
  @Option(.name) var name: TypedSetting?
  @Option(.key) var key: TypedSetting?

  @Flag(name: .setting(.reprompt), help: Setting.reprompt.argumentHelp)
  var noReprompt = false

  @Flag(help: "Says what would happen and writes nothing.")
  var dryRun = false

  @Flag(
    help: """
      Waits until everything is done. Where no p2pd runs, one is started that goes on when the waiting \
      ends.
      """)
  var wait = false

  @Option(help: "Waits, and copies pictures here as they finish.")
  var out: String?

  @OptionGroup var waiting: WaitingOptions

  /// What was typed, in its order.
  private var typed: [TypedSetting] {
    let options = Mirror(reflecting: self).children.flatMap { child in
      switch child.value {
      case let several as Option<[TypedSetting]>: several.wrappedValue
      case let one as Option<TypedSetting?>: [one.wrappedValue].compactMap(\.self)
      default: [TypedSetting]()
      }
    }
    let flags = noReprompt ? [TypedSetting(.reprompt, "false")] : []
    return (options + flags).sorted { $0.place < $1.place }
  }

  /// The values that were typed for axes of a sweep that grows.
  ///
  /// - Throws: `bad-option` where anything was typed that a sweep settles once.
  func growth(of sweep: String) throws(EditError) -> [(name: String, values: [String])] {
    if let settled = typed.first(where: { !$0.setting.isAxis && $0.setting != .key }) {
      throw EditError(
        "bad-option", .usage, "a sweep that grows keeps its \(settled.setting.name)",
        hint: "p2p status \(sweep) shows the axes that can get more values")
    }
    let growth = try axesAsTyped()
    guard !growth.isEmpty else {
      throw EditError(
        "bad-option", .usage, "--grow needs values to add",
        hint: "p2p status \(sweep) shows the axes that can get more values")
    }
    return growth
  }

  /// Puts what was typed into a request, in the place of what a file said.
  ///
  /// - Throws: what `SweepRequest.set` throws; `bad-option` where `=` is missing.
  func fill(_ request: inout SweepRequest) throws(EditError) {
    for option in typed where !option.setting.isAxis {
      try request.set(option.setting.name, to: option.text)
    }
    for (name, values) in try axesAsTyped() {
      request.clear(name)
      for value in values { try request.set(name, to: value) }
    }
  }

  /// The settings that may be axes, in the order in which they were typed: the first is the columns.
  private func axesAsTyped() throws(EditError) -> [(name: String, values: [String])] {
    var settings: [(name: String, values: [String])] = []
    for option in typed where option.setting.isAxis {
      let (name, text) = try option.axis()
      if let index = settings.firstIndex(where: { $0.name == name }) {
        settings[index].values.append(text)
      } else {
        settings.append((name, [text]))
      }
    }
    return settings
  }
}
