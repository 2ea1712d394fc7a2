import EditJobs
import Files
import Planner
import PromptAlignment
import Testing

/// What is hinted at is legal: each hint is tried.
@Suite struct HintTests {
  /// Values that an axis refuses with a hint.
  private static let values: [(axis: String, text: String)] = [
    ("seed", "1-3"), ("seed", "3-1"), ("seed", "1-10"), ("seed", "1-3 (1)"), ("seed", "3-1 (1)"),
    ("seed", "1-3 (-1)"), ("seed", "1..3:-1"), ("seed", "1-10 [5]"), ("seed", "1..10[0]"),
    ("seed", "3s"), ("seed", "1e3"), ("seed", "x"), ("seed", "range(1,2,3,4)"), ("seed", "1..3[2"),
    ("steps", "20-50"), ("steps", "20-50 [5]"), ("steps", "1e2"), ("steps", "20s"),
    ("steps", "many"), ("self_max", "8-32"), ("self_max", "1e1"),
    ("tau", "0-1"), ("tau", "1-0"), ("tau", "0..1"), ("tau", "1-0 (0.25)"), ("tau", "0-1 (0.25)"),
    ("tau", "0..1:-0.25"), ("tau", "10s-40s"), ("tau", "40s-10s"), ("tau", "40s-10s (10s)"),
    ("tau", "10s..40s[5]"), ("tau", "10s..40s:10"), ("tau", "12"), ("tau", "1.5s"), ("tau", "-3s"),
    ("tau", "[0.2]"), ("tau", "[0.2,0.8"), ("tau", "[0.2,12]"), ("tau", "5e-1"), ("tau", "1e-3"),
    ("tau", "half"), ("tau", "0..1[1]"), ("tau", "range(0,1"), ("tau:cat", "0-1"),
    ("self_tau", "2"), ("blend_start", "12"), ("blend_start", "soon"), ("blend_start", "0-1"),
    ("blend_threshold", "0.2-0.4"), ("blend_threshold", "x"), ("blend_threshold", "1s"),
    ("blend_subtract_threshold", "0.2..0.4"), ("w:crown", "1-3"), ("w:crown", "[0.3,1]"),
    ("w:crown", "2@[0.3"), ("w:crown", "2@12"), ("w:crown", "2@x"), ("w:crown", "2s"),
    ("w:crown", "1e1"), ("w:crown", "-1--3"), ("cfg", "1..7.5"), ("cfg", "1e1"), ("cfg", "x"),
    ("sampler", "eulre"), ("sampler", "ddmi"), ("method", "replcae"),
    ("blend", "a -> b -> c"), ("blend", "a,,b -> c"), ("blend", "\"a -> b"), ("blend", "->"),
  ]

  @Test(arguments: values) func valuesAreLegal(_ axis: String, _ text: String) throws {
    var request = SweepRequest()
    let error = try Vocabulary.error { try request.set(axis, to: text) }
    let hint = try #require(error.hint, "\(error)")
    for value in hint.components(of: ", or ") {
      var request = SweepRequest()
      #expect(throws: Never.self, "\(axis) \(text): try \(hint)") {
        try request.set(axis, to: value)
        _ = try request.cellCount()
      }
      #expect(request.settings.first?.count ?? 0 > 0)
    }
  }

  /// Nothing is hinted at where no value is known that would be meant.
  @Test(arguments: [
    ("seed", "18446744073709551616"), ("seed", "-1"), ("cfg", "-1"), ("seed", "1.5s"),
    ("blend_threshold", "1.5"), ("to", ""),
  ])
  func someHaveNone(_ axis: String, _ text: String) throws {
    var request = SweepRequest()
    let error = try Vocabulary.error { try request.set(axis, to: text) }
    for value in error.hint?.components(of: ", or ") ?? [] {
      var request = SweepRequest()
      let isAdvice = (try? request.set(axis, to: value)) == nil && value.contains(" ")
      #expect(isAdvice || !request.settings.isEmpty, "\(axis) \(text): \(value)")
    }
  }

  /// Every name that an error lists resolves, to one word each.
  @Test(arguments: [
    "a cat and a cat", "can can#2", "can can can#2", "can#2", "can#2 can", "a#b c#1 c",
    "@3 @x # ## #2", "red, (red) \"red\" red!", "x#1 x", "x#2 x x x#2", "— … -", "a=b c,d e->f",
  ])
  func listedNamesResolve(_ text: String) throws {
    let prompt = try Vocabulary.prompt(text)
    #expect(prompt.resolvableNames.count == prompt.words.count)
    var found: [[Int]] = []
    for (name, word) in zip(prompt.resolvableNames, prompt.words) {
      let tokens = try prompt.tokens(of: name)
      #expect(tokens.contains(word.bareTokens.lowerBound), "\(name) of \(text)")
      found.append(tokens)
    }
    let error = try Vocabulary.error { _ = try prompt.tokens(of: "zebra") }
    for name in prompt.resolvableNames {
      #expect(error.details.first?.contains(name) == true, "\(error)")
    }
  }

  @Test func anOccurrenceComesFirst() throws {
    let prompt = try Vocabulary.prompt("can can can#2")
    #expect(try prompt.tokens(of: "can#2") == Array(prompt.words[1].bareTokens))
    #expect(try prompt.tokens(of: "can#2#1") == Array(prompt.words[2].bareTokens))
    let single = try Vocabulary.prompt("a can#2")
    #expect(try single.tokens(of: "can#2") == Array(single.words[1].bareTokens))
  }

  @Test func otherHintsOfRequestsAreLegal() throws {
    for (settings, option) in [
      ([("to", "a big fox wearing a crown"), ("method", "replace")], "method"),
      ([("to", "a fox"), ("method", "none")], "method"),
      ([("size", "100x500")], "size"), ([("self_tau", "[0.8,0.2]")], "self_tau"),
      ([("w:crwon", "2")], "w:"), ([("w:crown", "2@[0.9,0.1]")], ""),
    ] {
      var request = try PlannedSweep.request()
      for (name, value) in settings { try request.set(name, to: value) }
      let hint = try #require(
        try Vocabulary.error { _ = try PlannedSweep.expand(request) }.hint, "\(settings)")
      var better = try PlannedSweep.request()
      for (name, value) in settings where name != option && !name.hasPrefix("w:") {
        try better.set(name, to: value)
      }
      let words = hint.split(separator: " ").map(String.init)
      switch option {
      case "": try better.set("w:crown", to: hint)
      case "w:": try better.set("w:\(hint)", to: "2")
      case "self_tau": try better.set(option, to: hint)
      default: try better.set(option, to: words[1])
      }
      #expect(throws: Never.self, "\(hint)") { try PlannedSweep.expand(better) }
    }
  }
}

extension String {
  /// The parts between a text.
  fileprivate func components(of separator: String) -> [String] {
    var (parts, rest) = ([String](), self[...])
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
