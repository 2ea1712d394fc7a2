import EditJobs
import Files
import Foundation
import Imaging
import PromptAlignment
import RunMeasures

/// Heat maps as panels of a sheet.
struct AttentionSheet {
  private let maps: AttentionMaps
  private let pictures: [PixelBuffer]
  private let withDifference: Bool
  private static let panelsPerRow = 8

  /// - Parameter side: longest side of a panel in pixels.
  init(_ maps: AttentionMaps, side: Int, difference: Bool) {
    self.maps = maps
    withDifference = difference && maps.words != nil && maps.subject.units.count == 2
    pictures = maps.subject.units.map { Self.scaled($0.picture, side) }
  }

  private static func scaled(_ picture: PixelBuffer, _ side: Int) -> PixelBuffer {
    let longest = max(picture.width, picture.height)
    return longest <= side
      ? picture.enlarged(by: side / longest) : picture.thumbnail(longSide: side)
  }

  private var isOwn: Bool { maps.scale == .own }

  func sheet() throws(EditError) -> HeatSheet {
    let units = maps.subject.units
    let names = units.map(\.name).joined(separator: ", edited as ")
    let size = maps.tokens[0][0]
    let title =
      maps.words.map { $0.map { "“\($0.query)”" }.joined(separator: ", ") } ?? "all words"
    let lines =
      units.map { "\($0.role): \($0.prompt.text)" } + [
        "\(names)   attention \(maps.isFine ? "of all sites " : "")at \(size.columns)×\(size.rows)   "
          + span
      ]
    guard let words = maps.words else {
      return HeatSheet(title: title, lines: lines, rows: sheetRows, scales: [scale(nil)])
    }
    var scales = isOwn ? words.map { scale($0) } : [scale(nil)]
    // Words of one prompt alone have no difference, and so no scale.
    if withDifference, reach(words) > .leastNormalMagnitude {
      scales.append(differenceScale(words))
    }
    return HeatSheet(title: title, lines: lines, rows: wordRows(words), scales: scales)
  }

  private var span: String {
    maps.thirds.count == 1
      ? maps.name(0) : "each third of \(maps.subject.units.first?.run.steps ?? 0) steps"
  }

  // MARK: some words

  private func wordRows(_ words: [AttentionWord]) -> [HeatSheet.Row] {
    let units = maps.subject.units
    let pictures = zip(units, pictures).map { HeatSheet.Panel($0.role, $1) }
    var rows = [HeatSheet.Row(panels: pictures)]
    for word in words {
      for span in maps.thirds.indices {
        let label = maps.thirds.count > 1 ? maps.name(span) : ""
        var panels = units.indices.map { panel(word, $0, span) }
        if withDifference { panels.append(difference(word, span, words)) }
        rows.append(HeatSheet.Row(label: label, panels: panels))
      }
    }
    return rows
  }

  private func panel(_ word: AttentionWord, _ unit: Int, _ span: Int) -> HeatSheet.Panel {
    guard let place = word.places[unit] else {
      return HeatSheet.Panel(
        word.query, nil, missing: "not in the \(maps.subject.units[unit].role)’s prompt")
    }
    let map = maps.map(unit, span, place.tokens)
    let picture = pictures[unit]
    let drawing = HeatPicture(.heat, range: 0...max(top(word), .leastNormalMagnitude))
    let values = map.resampled(rows: picture.height, columns: picture.width).values
    return HeatSheet.Panel(
      place.text, drawing.over(picture, values),
      caption: "mean \(number(map.mean)), largest \(number(map.largest))")
  }

  /// The light end of a word's scale.
  private func top(_ word: AttentionWord) -> Float {
    guard isOwn else { return maps.top }
    return maps.subject.units.indices.map { unit in
      word.places[unit].map { maps.largest(unit, $0.tokens) } ?? 0
    }.max() ?? 0
  }

  // MARK: edit minus source

  private func change(_ word: AttentionWord, _ span: Int) -> HeatMap? {
    guard let from = word.places[0], let to = word.places[1] else { return nil }
    return maps.map(1, span, to.tokens) - maps.map(0, span, from.tokens)
  }

  private func reach(_ words: [AttentionWord]) -> Float {
    let changes = words.flatMap { word in
      maps.thirds.indices.compactMap { change(word, $0)?.values.map(abs).max() }
    }
    return max(changes.max() ?? 0, .leastNormalMagnitude)
  }

  private func difference(
    _ word: AttentionWord, _ span: Int, _ words: [AttentionWord]
  ) -> HeatSheet.Panel {
    guard let change = change(word, span) else {
      return HeatSheet.Panel("edit − source", nil, missing: "not in both prompts")
    }
    let (reach, picture) = (reach(words), pictures[1])
    let values = change.resampled(rows: picture.height, columns: picture.width).values
    let drawing = HeatPicture(.difference, range: -reach...reach)
    return HeatSheet.Panel(
      "edit − source",
      drawing.alone(values, width: picture.width, height: picture.height),
      caption: "mean \(number(change.mean))")
  }

  private func differenceScale(_ words: [AttentionWord]) -> HeatSheet.Scale {
    let reach = reach(words)
    return HeatSheet.Scale(
      bar: HeatPicture(.difference, range: -reach...reach).bar(
        width: barWidth, height: 14, isOverlay: false),
      ticks: [(0, "−" + number(reach)), (0.5, "0"), (1, number(reach))],
      caption: "edit minus source: red where the edit has more")
  }

  // MARK: all words

  private var sheetRows: [HeatSheet.Row] {
    maps.subject.units.indices.flatMap { unit in
      maps.thirds.indices.flatMap { span -> [HeatSheet.Row] in
        let (picture, role) = (pictures[unit], maps.subject.units[unit].role)
        let panels =
          [HeatSheet.Panel(role, picture)]
          + maps.all[unit].map { place -> HeatSheet.Panel in
            let map = maps.map(unit, span, place.tokens)
            let end = isOwn ? maps.largest(unit, place.tokens) : maps.top
            let drawing = HeatPicture(.heat, range: 0...max(end, .leastNormalMagnitude))
            let values = map.resampled(rows: picture.height, columns: picture.width).values
            return HeatSheet.Panel(
              place.text,
              drawing.alone(values, width: picture.width, height: picture.height),
              caption: isOwn ? "largest \(number(map.largest))" : "")
          }
        let heading = maps.thirds.count > 1 ? "\(role), \(maps.name(span))" : role
        return stride(from: 0, to: panels.count, by: Self.panelsPerRow).map { start in
          HeatSheet.Row(
            heading: start == 0 ? heading : "",
            panels: Array(panels[start..<min(start + Self.panelsPerRow, panels.count)]))
        }
      }
    }
  }

  // MARK: the scale

  private var barWidth: Int { 400 }

  private func scale(_ word: AttentionWord?) -> HeatSheet.Scale {
    let isSheet = maps.words == nil
    let top = word.map { self.top($0) } ?? maps.top
    let isPercent = isSheet && isOwn
    let isOpen = !isOwn && maps.isCut
    let ticks =
      isPercent
      ? (0...4).map { (place: Double($0) / 4, text: "\(25 * $0) %") }
      : ScaleTicks.values(to: Double(top)).map { value in
        let isEnd = value == Double(top)
        return (
          place: top > 0 ? value / Double(top) : 0,
          text: (isEnd && isOpen ? "≥ " : "") + number(Float(value))
        )
      }
    let what =
      switch maps.quantity {
      case "attention": "attention on the word: its probability times its weight"
      case "probability": "probability that falls on the word"
      case let other: other
      }
    let whose =
      isPercent
      ? "of each word’s largest"
      : word.map { ", scale of “\($0.query)” alone" } ?? ", one scale for all words"
    return HeatSheet.Scale(
      bar: HeatPicture(.heat, range: 0...1).bar(
        width: barWidth, height: 14, isOverlay: !isSheet),
      ticks: ticks, caption: isPercent ? "\(what), in per cent \(whose)" : what + whose)
  }

  /// Three digits; shares as per cent.
  private func number(_ value: Float) -> String {
    let text =
      maps.isShare ? String(format: "%.3g %%", 100 * value) : String(format: "%.3g", value)
    return text.replacing("-", with: "−")
  }
}
