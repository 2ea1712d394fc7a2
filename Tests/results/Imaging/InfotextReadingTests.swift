import Imaging
import Testing

/// What other programs write, and what the web UI's own reader makes of it.
@Suite struct InfotextReadingTests {
  private func pairs(_ line: String) -> [String] {
    Infotext(parsing: "a\n\(line)").pairs.map { "\($0.key)=\($0.value)" }
  }

  @Test func fewerThanThreePairsBelongToThePrompt() {
    let read = Infotext(parsing: "a fox\nSteps: 20, Seed: 1")
    #expect(read.prompt == "a fox\nSteps: 20, Seed: 1" && read.pairs.isEmpty)
  }

  @Test func aPromptThatLooksLikeSettingsIsTakenForThem() {
    let read = Infotext(parsing: "red: 1, blue: 2, green: 3")
    #expect(read.prompt.isEmpty && read["blue"] == "2")
  }

  @Test func keysFollowThePattern() {
    #expect(
      pairs("w: 3, Key.dot: 3, w[dog]: 2, é1: x, Clip skip: 2, Hires-a/b: 4, -ab: 5")
        == ["dot=3", "é1=x", "Clip skip=2", "Hires-a/b=4", "ab=5"])
  }

  @Test func valuesFollowThePattern() {
    #expect(
      pairs("Aa: \"x, y: \\\"z\\\" \\u00e9\", Bb: {\"k\": 1, \"l\": 2}, Cc:, Dd: 4 Ee: 5, Ff:6")
        == ["Aa=x, y: \"z\" é", "Bb={\"k\": 1", "Dd=4 Ee: 5", "Ff=6"])
  }

  @Test func aQuotedStringMustEndAtAComma() {
    #expect(
      pairs("Aa: \"x\" y, Bb: \"open, Cc: \"bad \\q\", Dd: \"\"")
        == ["Aa=\"x\" y", "Bb=\"open", "Cc=\"bad \\q\"", "Dd=\"\""])
  }

  @Test func theFirstOfEqualKeysWins() {
    #expect(pairs("Seed: 1, Steps: 2, Seed: 9") == ["Seed=1", "Steps=2"])
  }

  @Test func nothingIsReadBehindSDCPP() {
    let line = "Steps: 20, CFG scale: 7.0, Seed: 42, SDCPP: {\"prompt\": \"a, Seed: 9, Eta: 1\"}"
    #expect(pairs(line) == ["Steps=20", "CFG scale=7.0", "Seed=42"])
  }

  @Test func windowsLineEndsAndOuterBlanksDoNotMatter() {
    let read = Infotext(
      parsing: "\r\n a fox \r\nNegative prompt: x\r\nSteps: 1, Seed: 2, Size: 8x8\r\n")
    #expect(read.prompt == "a fox" && read.negative == "x" && read["Size"] == "8x8")
  }

  @Test func longLinesAreReadInLinearTime() {
    let line = String(repeating: "a ", count: 300_000) + "Steps: 1, Seed: 2, Size: 8x8"
    #expect(Infotext(parsing: line).pairs.count == 3)
  }

  @Test func whatWeCannotDoIsNamed() {
    let read = Infotext(
      parsing: """
        a (fox:1.3) <lora:fur:0.8>
        Negative prompt: plain
        Steps: 20, Schedule type: Karras, Hires upscale: 2, Seed: 1
        """)
    #expect(
      read.unsupported == [
        "the prompt has emphasis in brackets; prompts are literal here",
        "the prompt asks for an extra network <lora:…>",
        "Schedule type \"Karras\" is not known; only Automatic is",
        "Hires upscale \"2\" is not known",
      ])
    let plain = Infotext(parsing: "a fox\nSteps: 20, Schedule type: Automatic, Seed: 1")
    #expect(plain.unsupported.isEmpty)
  }
}
