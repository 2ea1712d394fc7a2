import EditJobs
import Foundation
import JobStore
import PromptAlignment
import ResultFiles
import RunMeasures
import Submissions

/// An explanation for people.
struct ExplanationText {
  private let it: Explanation
  private var edit: ResolvedEdit { it.edit }

  init(_ explanation: Explanation) { it = explanation }

  /// The lines; `eachStep` adds a table of all steps.
  func lines(eachStep: Bool) -> [String] {
    let source = it.unit.source.map { "s-\($0.description.prefix(6))" } ?? "?"
    let rules = edit.compat.map { "   rules of \($0.rawValue)" } ?? ""
    let dtype = it.source.compute == .f32 ? "" : ", \(it.source.compute.rawValue)"
    let kernels = it.source.numerics.kernels.map { ", \($0)" } ?? ""
    var lines = [
      "variant \(it.unit.name) of source \(source)   \(method)   \(edit.steps) steps, "
        + "\(it.source.sampler.title)\(dtype)\(kernels)\(rules)"
    ]
    if let photograph = it.source.photograph {
      let kind = photograph.inversion == .direct ? "direct" : "negative-prompt"
      lines.append(
        "of the photograph \(photograph.image.description.prefix(8))   \(kind) inversion")
    }
    if it.unit.state != .done {
      lines.append("it is \(it.unit.state.rawValue), at step \(it.unit.step) of \(it.unit.steps)")
    }
    if let waits = it.waits { lines.append("it waits: \(waits)") }
    lines += alignment + windows + weights
    lines += run
    if let measures { lines.append(measures) }
    if eachStep { lines += steps }
    return lines
  }

  private var method: String {
    edit.method == .none && edit.prompt != it.source.prompt
      ? "no map is aligned" : edit.method.rawValue
  }

  // MARK: what was asked

  private var alignment: [String] {
    guard let table = it.alignment else {
      return ["its model's tokenizer cannot be read: tokens are shown by number"]
    }
    var text = TableText([
      ("#", .right), ("source", .left), ("#", .right), ("edit", .left), ("its map", .left),
      ("injected in", .left), ("weight", .left),
    ])
    for row in table.rows {
      let token = row.edit?.index
      let weight = edit.weights.first { $0.token == token }
      text.add(
        (row.source.map { [String($0.index), $0.text] } ?? ["", ""])
          + (row.edit.map { [String($0.index), $0.text] } ?? ["", ""]) + [
            row.origin, token.map(gate) ?? "", weight.map(factor) ?? "",
          ])
    }
    return text.lines.map { "  " + $0 }
  }

  private func factor(_ weight: ResolvedEdit.TokenWeight) -> String {
    let text = "×\(number(weight.value))"
    guard weight.window != StepWindow(0, edit.steps) else { return text }
    return "\(text) in \(weight.window.from)–\(weight.window.to)"
  }

  private func gate(_ token: Int) -> String {
    let window = edit.crossTokens.first { $0.token == token }?.window ?? edit.cross
    return window.isEmpty ? "-" : "\(window.from)–\(window.to)"
  }

  private var windows: [String] {
    let words = edit.crossTokens.map { "\(name($0.token)) \(span($0.window))" }
    let tail = words.isEmpty ? "" : "      words: \(words.joined(separator: ", "))"
    let limit = it.source.selfMax.map { "\($0)²" } ?? "those of the control resolution"
    return [
      "cross    \(span(edit.cross)) of \(edit.steps)   \(tau(edit.cross))\(tail)",
      "self     \(span(edit.selfWindow)) of \(edit.steps)   sites up to \(limit)",
    ]
  }

  /// The end of a window as a fraction, and as the paper counts it.
  private func tau(_ window: StepWindow) -> String {
    func fraction(_ step: Int) -> Double { Double(step) / Double(max(edit.steps, 1)) }
    let to = fraction(window.to)
    guard window.from > 0 else {
      return "tau \(number(to)) (paper: τ/T = \(number(1 - to)), counted from the end)"
    }
    let from = fraction(window.from)
    return "tau [\(number(from)), \(number(to))] (paper: τ/T from \(number(1 - from)) down to "
      + "\(number(1 - to)))"
  }

  private var weights: [String] {
    guard !edit.weights.isEmpty else { return [] }
    let list = edit.weights.map {
      "\(name($0.token)) ×\(number($0.value)) (@\($0.token)), steps \(span($0.window))"
    }
    return ["weights  " + list.joined(separator: "; ")]
  }

  private func name(_ token: Int) -> String {
    it.alignment?.rows.compactMap(\.edit).first { $0.index == token }?.text ?? "@\(token)"
  }

  // MARK: what happened

  private var run: [String] {
    guard let run = it.run else {
      return ["nothing is known of its steps: it has no trajectory, or not any more"]
    }
    var lines: [String] = []
    for (kind, head) in [
      (AttentionSite.Kind.cross, "injected cross "), (.selfAttention, "         self  "),
    ] {
      let groups = it.groups.filter { $0.kind == kind }
      guard !groups.isEmpty else { continue }
      let counts = groups.map { "\($0.stage.rawValue) \(size($0)) \($0.injected)/\($0.expected)" }
      let note = kind == .cross ? "   (sites × steps)" : ""
      lines.append(head + counts.joined(separator: "  ") + note)
    }
    if it.groups.isEmpty { lines.append("injected \(run.injected) columns") }
    if let blend = edit.blend { lines.append(masks(blend, run)) }
    let rows = (run.steps.map(\.smallestRow).min(), run.steps.map(\.largestRow).max())
    let distances = run.steps.compactMap(\.distance)
    if let low = rows.0, let high = rows.1 {
      let path = [distances.first, distances.dropLast(distances.count / 2).last, distances.last]
      lines.append(
        "rows     sum \(decimal(low)) – \(decimal(high))       distance to source  "
          + (distances.isEmpty
            ? "unknown" : path.compactMap { $0.map(decimal) }.joined(separator: " … ")))
    }
    return lines
  }

  private func masks(_ blend: ResolvedBlend, _ run: RunExplanation) -> String {
    let areas = run.steps.compactMap(\.maskArea)
    let change = [areas.first, areas.last].compactMap { $0.map(percent) }
    // The source's tokens are named by number: its words need not be the edit's.
    let words =
      blend.source.map { "@\($0)" }.joined(separator: ", ") + " → "
      + blend.edit.map(name).joined(separator: ", ")
    return "blend    "
      + (areas.isEmpty ? "no mask yet" : "mask \(change.joined(separator: " → "))")
      + " of the picture, from step \(blend.start)      words: \(words)"
  }

  private var measures: String? {
    guard let measures = it.measures else { return nil }
    func ratio(_ value: Measures.Decibels?) -> String {
      value.map { $0.value.isFinite ? String(format: "%.1f dB", $0.value) : "∞" } ?? "-"
    }
    return "picture  psnr \(ratio(measures.psnr)), inside \(ratio(measures.psnrInside)), "
      + "outside \(ratio(measures.psnrOutside))"
      + (measures.psnrOutside == nil
        ? "" : measures.outsideArea.map { " of \($0) of the picture" } ?? "") + "   ssim "
      + (measures.ssim.map { String(format: "%.3f", $0) } ?? "-")
      + "   maps differ by \(decimal(measures.mapDivergence))"
  }

  private var steps: [String] {
    guard let run = it.run else { return [] }
    var text = TableText([
      ("STEP", .right), ("CROSS", .right), ("SELF", .right), ("COLUMNS", .right), ("MASK", .right),
      ("ROWS", .left), ("DISTANCE", .right),
    ])
    for step in run.steps {
      let cross = step.injected.keys.count { AttentionSite($0)?.kind == .cross }
      text.add([
        String(step.step), String(cross), String(step.injected.count - cross),
        String(step.injected.values.reduce(0, +)), step.maskArea.map(percent) ?? "",
        "\(decimal(step.smallestRow)) – \(decimal(step.largestRow))",
        step.distance.map { String(format: "%.4f", $0) } ?? "",
      ])
    }
    return [""] + text.lines
  }

  // MARK: numbers

  private func span(_ window: StepWindow) -> String {
    window.isEmpty ? "never" : "\(window.from) – \(window.to)"
  }

  private func size(_ group: SiteGroup) -> String {
    group.rows == group.columns ? "\(group.rows)²" : "\(group.rows)×\(group.columns)"
  }

  private func number(_ value: Double) -> String { String(format: "%.4g", value) }
  private func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
  private func percent(_ value: Double) -> String { String(format: "%.0f %%", 100 * value) }
}
