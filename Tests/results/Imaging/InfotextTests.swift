import Imaging
import Testing

@Suite struct InfotextTests {
  typealias Pair = Infotext.Pair

  static let settings = [
    Pair("Steps", "50"), Pair("Sampler", "DDIM"), Pair("CFG scale", "7.5"), Pair("Seed", "8888"),
    Pair("Size", "512x512"), Pair("Model", "sd15"), Pair("RNG", "CPU"),
    Pair("P2P source", "a cat wearing a crown"), Pair("P2P weights", "crown=2, fox=-0.5"),
    Pair("Version", "p2p"),
  ]

  @Test func theTextIsWhatOtherProgramsExpect() throws {
    let text = try Infotext(
      prompt: "a fox wearing a crown", negative: "blurry", pairs: Self.settings
    ).text()
    #expect(
      text == """
        a fox wearing a crown
        Negative prompt: blurry
        Steps: 50, Sampler: DDIM, CFG scale: 7.5, Seed: 8888, Size: 512x512, Model: sd15, \
        RNG: CPU, P2P source: a cat wearing a crown, P2P weights: "crown=2, fox=-0.5", Version: p2p
        """)
  }

  @Test(arguments: [
    ("a fox", ""), ("", ""), ("", "blurry"), ("a fox\nwearing\n\na crown", "blurry\n\nugly"),
    ("red: 1, blue: 2, green: 3", ""), ("a fox\nSteps: 1, Seed: 2, Size: 3x3", "Steps: 1, a: 2"),
    ("日本 🦊 café", "שועל"), ("say \"hi\", (twice:1.3)", "[no]"), ("SDCPP: {\"a\": 1}", "x"),
  ])
  func promptsComeBack(prompt: String, negative: String) throws {
    let written = Infotext(prompt: prompt, negative: negative, pairs: Self.settings)
    #expect(Infotext(parsing: try written.text()) == written)
  }

  @Test(arguments: [
    "a, b", "a: b", "\"quoted\"", "a\"b", "back\\slash", "two\nlines", " outer ", "tab\there",
    "{\"a\": [1, 2]}", "日本, 🦊", "\u{1}\r\n", "a\u{2028}b", "12x34", "Seed: 9, Steps: 1", "\"", "\\",
  ])
  func valuesComeBack(value: String) throws {
    var written = Infotext(prompt: "a fox", pairs: Self.settings)
    written.pairs.insert(Pair("P2P edit", value), at: 3)
    #expect(Infotext(parsing: try written.text()) == written)
  }

  @Test func aLineThatLooksLikeTheNegativePromptStaysInItsPrompt() throws {
    let written = Infotext(
      prompt: "a fox\nNegative prompt: none", negative: "x\n  Negative prompt:y",
      pairs: Self.settings)
    let read = Infotext(parsing: try written.text())
    #expect(read.prompt == "a fox\nNegative prompt : none")
    #expect(read.negative == "x\nNegative prompt :y")
    #expect(read.pairs == Self.settings)
  }

  @Test func emptyValuesAreLeftOut() throws {
    let pairs = Self.settings + [Pair("Model hash", "")]
    let text = try Infotext(prompt: "a", pairs: pairs).text()
    #expect(!text.contains("hash"))
  }

  @Test(arguments: ["w", "Key.dot", "w[dog]", "a:b", "", " lead", "trail ", "-ab", "a,b"])
  func keysThatReadersDropAreRefused(key: String) {
    let written = Infotext(prompt: "a", pairs: Self.settings + [Pair(key, "1")])
    #expect(throws: ImagingError.self) { try written.text() }
  }

  @Test func fewerThanThreePairsAreRefused() {
    let few = Infotext(prompt: "a", pairs: Array(Self.settings.prefix(2)) + [Pair("ENSD", "")])
    #expect(throws: ImagingError.self) { try few.text() }
  }

  @Test func theFirstParametersTextOfAFileCounts() throws {
    let written = Infotext(prompt: "a fox 日本", pairs: Self.settings)
    let other = PNGText(keyword: "parameters", text: "another")
    let file = PNGFile(
      pixels: madePicture(1),
      texts: [PNGText(keyword: "p2p", text: "{}"), try written.pngText(), other])
    let read = try PNGFile(decoding: try file.encoded())
    #expect(Infotext(texts: read.texts) == written)
    #expect(Infotext(texts: []) == nil)
  }
}
