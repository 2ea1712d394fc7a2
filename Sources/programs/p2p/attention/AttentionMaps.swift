import ArgumentParser
import EditJobs
import Files
import PromptAlignment
import RunMeasures

/// What the light end of a heat map's colours stands for.
enum AttentionScale: String, ExpressibleByArgument, CaseIterable {
  /// The word's own largest number, in source and edit.
  case own
  /// One number for all words.
  case shared
}

/// The heat maps of some words in every picture and every span of steps, and one scale for them.
struct AttentionMaps {
  let subject: AttentionSubject
  let thirds: [RunThird?]
  let isShare: Bool
  let scale: AttentionScale
  /// Whether all sites were looked at, not those of the control resolution alone.
  let isFine: Bool
  /// Words that were asked for; `nil` for the sheet of all.
  let words: [AttentionWord]?
  /// All words of a unit, in order.
  let all: [[AttentionWord.Place]]
  /// By unit, then by span.
  let tokens: [[TokenMaps]]
  /// What falls on all words, by unit and span: what shares are of.
  private let totals: [[HeatMap]]
  /// The number of the ramp's light end: the 99.5th percentile over all words.
  let top: Float
  /// Whether some number lies beyond it.
  let isCut: Bool

  /// - Parameter fine: the finer maps of the source that is looked at alone, by span.
  init(
    _ subject: AttentionSubject, words: [AttentionWord]?, thirds: [RunThird?], special: Bool,
    share: Bool, scale: AttentionScale, fine: [TokenMaps]? = nil
  ) throws(EditError) {
    (self.subject, self.words, self.thirds) = (subject, words, thirds)
    (isShare, self.scale, isFine) = (share, scale, fine != nil)
    var all: [[AttentionWord.Place]] = []
    var tokens: [[TokenMaps]] = []
    for unit in subject.units {
      var maps = fine ?? []
      if fine == nil {
        for third in thirds { maps.append(try unit.maps(third)) }
      }
      tokens.append(maps)
      all.append(Self.places(unit, window: maps.first?.tokens ?? 0, special: special))
    }
    (self.all, self.tokens) = (all, tokens)
    let totals = zip(tokens, all).map { maps, places in
      maps.map { $0.map(of: places.flatMap(\.tokens)) }
    }
    self.totals = totals
    let every = tokens.indices.flatMap { unit in
      tokens[unit].indices.flatMap { span in
        all[unit].map { place in
          let map = tokens[unit][span].map(of: place.tokens)
          return share ? map / totals[unit][span] : map
        }
      }
    }
    top = HeatMap.percentile(0.995, of: every)
    isCut = every.contains { [top] in $0.largest > top }
  }

  private static func places(
    _ unit: AttentionUnit, window: Int, special: Bool
  ) -> [AttentionWord.Place] {
    let prompt = unit.prompt
    let words = prompt.words.map {
      AttentionWord.Place(text: $0.text, tokens: Array($0.tokens))
    }
    guard special else { return words }
    let padding = Array((prompt.end + 1)..<max(window, prompt.end + 1))
    return [.init(text: "(start)", tokens: [0])] + words
      + [.init(text: "(end)", tokens: [prompt.end])]
      + (padding.isEmpty ? [] : [.init(text: "(padding)", tokens: padding)])
  }

  /// The map of some tokens of a unit in a span, as probabilities or shares.
  func map(_ unit: Int, _ span: Int, _ tokens: [Int]) -> HeatMap {
    let map = self.tokens[unit][span].map(of: tokens)
    return isShare ? map / totals[unit][span] : map
  }

  /// The largest number of a word in a picture, over all spans.
  func largest(_ unit: Int, _ tokens: [Int]) -> Float {
    thirds.indices.map { map(unit, $0, tokens).largest }.max() ?? 0
  }

  /// What the numbers are: with a weight they are no probabilities, and may lie above 1.
  var quantity: String {
    if isShare { return "share of what falls on all words" }
    return subject.isWeighed ? "attention" : "probability"
  }

  /// What a span is called: `all 20 steps`, `early third, steps 0–5`.
  func name(_ span: Int) -> String {
    let steps = subject.units.first?.run.steps ?? 0
    guard let third = thirds[span] else { return "all \(steps) steps" }
    let range = third.steps(of: steps)
    return "\(third.rawValue) third, steps \(range.lowerBound)–\(range.upperBound - 1)"
  }
}
