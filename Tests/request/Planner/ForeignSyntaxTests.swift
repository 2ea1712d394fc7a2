import EditJobs
import Planner
import PromptAlignment
import Testing

/// What other programs read in prompts is said once, with the way it is written here; prose is prose.
@Suite struct ForeignSyntaxTests {
  @Test(arguments: [
    ("a (red:1.3) cat", "(red:1.3)", "--w \"red=1.3\""),
    ("a (bright red hat:.5) cat", "(bright red hat:.5)", "--w \"bright red hat=0.5\""),
    ("a ((red)) cat", "((red))", "--w \"red=1.21\""),
    ("a (((red))) cat", "(((red)))", "--w \"red=1.33\""),
    ("a [red] cat", "[red]", "--w \"red=0.91\""),
    ("a [[red]] cat", "[[red]]", "--w \"red=0.83\""),
    ("a (red)1.3 cat", "(red)1.3", "--w \"red=1.3\""),
    ("a red++ cat", "red++", "--w \"red=1.21\""),
    ("a cat <lora:cats:0.8>", "<lora:cats:0.8>", "merge it into a model"),
    ("a cat <hypernet:x:1>", "<hypernet:x:1>", "merge it into a model"),
    ("a [red|blue] cat", "[red|blue]", "--to \"… red …\" --to \"… blue …\""),
    ("a {red|blue} cat", "{red|blue}", "--to \"… red …\" --to \"… blue …\""),
    ("a [red:blue:0.5] cat", "[red:blue:0.5]", "--tau 0.5"),
    ("a cat [crown:0.25]", "[crown:0.25]", "--to \"… crown …\" --tau 0.25"),
    ("a cat [crown::12]", "[crown::12]", "--prompt \"… crown …\" --to \"…\" --tau 12s"),
    ("a cat BREAK a dog", "BREAK", "leave it out"), ("a cat AND a dog", "AND", "write \"and\""),
    ("a __colour__ cat", "__colour__", "--to"), ("a cat \\(animal\\)", "\\(", "backslash"),
    ("a (cat in a (red:1.2) hat:0.9)", "(red:1.2)", "--w \"red=1.2\""),
  ])
  func isSaid(_ prompt: String, _ found: String, _ instead: String) throws {
    let all = ForeignSyntax.found(in: prompt)
    #expect(all.map(\.found) == [found], "\(prompt)")
    #expect(all.first?.sentence.contains(instead) == true, "\(all.map(\.sentence))")
    var request = SweepRequest()
    try request.set("prompt", to: "a cat")
    try request.set("to", to: prompt)
    let remarks = try PlannedSweep.expand(request).remarks
    #expect(remarks.count { $0.hasPrefix(found) } == 1, "\(remarks)")
  }

  @Test(arguments: [
    "a cat (a big one) in a garden", "a cat (red) and a dog (blue)", "a photo (16:9) of a cat",
    "a clock (at 10:30)", "a note (scale: 2)", "a cat :) and a dog :(", "5 > 3 and 2 < 4",
    "A CAT AND A DOG", "a cat, a dog", "a cat - a dog -- a bird", "a c++ book", "a cat (1990)",
    "a cat ( ) here", "snake_case and __", "50% | 60%", "a cat ((", "a {cat} here", "<3 cats>",
  ])
  func proseIsProse(_ prompt: String) {
    #expect(ForeignSyntax.found(in: prompt).map(\.sentence) == [], "\(prompt)")
  }

  /// What the sentence says is legal here, of the prompt that it asks for.
  @Test(arguments: [
    ("a (red:1.3) cat", "a red cat"), ("a ((red)) cat", "a red cat"), ("a [red] cat", "a red cat"),
    ("a red++ cat", "a red cat"), ("a [red:blue:0.5] cat", "a blue cat"),
    ("a cat [red:0.25]", "a cat red"), ("a cat [red:20]", "a cat red"),
  ])
  func theWayItIsWrittenHereIsLegal(_ prompt: String, _ plain: String) throws {
    let found = try #require(ForeignSyntax.found(in: prompt).first)
    let option = try #require(found.options.first)
    var request = SweepRequest()
    try request.set("prompt", to: "a red cat")
    try request.set("to", to: plain)
    let parts = option.value.split(separator: "=").map(String.init)
    if option.name == "--w" {
      try request.set("w:\(parts[0])", to: parts[1])
    } else {
      try request.set("tau", to: option.value)
    }
    let edit = try PlannedSweep.expand(request).submission.variants[0].edit
    #expect(option.name == "--w" ? !edit.weights.isEmpty : edit.cross.to < edit.steps)
  }

  @Test func eachKindIsSaidOnceOfARequest() throws {
    var request = SweepRequest()
    try request.set("prompt", to: "a (red:1.3) cat BREAK")
    try request.set("to", to: "a (blue:1.3) cat||a (green:1.3) cat||a [blue] cat")
    try request.set("negative", to: "(ugly:1.5), [bad:0.5]")
    let remarks = try PlannedSweep.expand(request).remarks.filter { $0.contains("as it stands") }
    #expect(remarks.count == 4, "\(remarks)")
    #expect(remarks.contains { $0.contains("(red:1.3)") })
    let negative = ForeignSyntax.found(in: "(ugly:1.5)", isNegative: true)
    #expect(negative.map(\.instead) == ["a negative prompt has no weights here"])
  }
}
