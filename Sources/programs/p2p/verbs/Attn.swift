import ArgumentParser
import Files
import Imaging
import JobStore
import ResultFiles
import RunMeasures

/// `p2p attn`: where in the picture a word is looked at.
struct Attn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the heat map of a word over the picture, source and edit side by side.",
    discussion: """
      p2p attn crown:r2c3 --token crown
      p2p attn 17:r1c1 --token dog --third each -o dog.png
      p2p attn v-9c41 --all-tokens

      A map is the cross-attention probability that falls on the word, averaged over heads, the \
      sites of the control resolution and the steps; an edit's maps are those that acted, after \
      injection and times the words' weights. Each word has a scale of its own, the same in source and \
      edit, so that the place of each is seen; with --scale shared colours mean the same for all words, \
      and a word that nobody looks at stays dark.
      """)

  @Argument(help: "One cell or a unit: 17:r2c3, v-9c41, s-1f3a.")
  var cell: String

  @Option(help: "A word: dog, a#2, \"blue square\", @3; may be given several times.")
  var token: [String] = []

  @Flag(help: "A sheet of all words.")
  var allTokens = false

  @Option(help: "early, middle or late third of the steps, or each for all three (all steps).")
  var third: String?

  @Option(help: "own: a scale for each word; shared: one for all, to compare words.")
  var scale = AttentionScale.own

  @Flag(help: "Shares of what falls on all words, in the place of probabilities.")
  var share = false

  @Flag(help: "Counts the start, the end and the padding as words.")
  var special = false

  @Flag(help: "Adds edit minus source.")
  var difference = false

  @Flag(
    help: """
      Looks at all sites of a source for a finer map; maps that are not stored are made again.
      """)
  var fine = false

  @Option(
    help: ArgumentHelp("Writes the numbers, and FILE.json beside them.", valueName: "file.npy"))
  var raw: String?

  @Option(name: .shortAndLong, help: "The picture to write (attn.png).")
  var output: String?

  @Option(help: "Longest side of a panel in pixels (256; 128 with --all-tokens).")
  var panel: Int?

  @Flag(help: "Light text on a dark ground.")
  var dark = false

  @OptionGroup var options: StateOptions

  func run() async throws {
    guard allTokens != !token.isEmpty else {
      throw EditError(
        "bad-option", .usage, "attn takes a word or all of them",
        hint: "--token WORD, or --all-tokens")
    }
    let side = panel ?? (allTokens ? 128 : 256)
    guard (32...2048).contains(side) else {
      throw EditError("bad-option", .usage, "--panel is not 32…2048: \(side)", hint: "--panel 256")
    }
    let store = try options.open()
    let subject = try AttentionSubject(cell, store: store, options: options)
    if fine, subject.units.count > 1 {
      throw EditError(
        "not-a-source", .data, "the maps of all sites are kept of sources alone",
        hint: "p2p attn --fine \(subject.units[0].name)")
    }
    let words = try token.map { try subject.word($0) }
    let thirds = try thirds()
    let source = subject.units[0]
    let finer =
      fine
      ? try await FineMaps(
        source, MapsWorker(source.folder.key, store: store, options: options)
      ).maps(thirds) : nil
    let maps = try AttentionMaps(
      subject, words: allTokens ? nil : words, thirds: thirds, special: special,
      share: share, scale: scale, fine: finer)
    var files: [String] = []
    if let raw {
      let numbers = AttentionNumbers(maps)
      guard case .file = try UserFile.place(raw) else {
        throw EditError(
          "cannot-write", .cannotCreate,
          "\(raw) is no plain file: --raw writes two, it and \(raw).json",
          hint: "--raw numbers.npy")
      }
      try UserFile.write(numbers.array.bytes, to: raw)
      try UserFile.write(Array(try numbers.json().utf8), to: raw + ".json")
      files += [raw, raw + ".json"]
    }
    if let output = output ?? (raw == nil ? "attn.png" : nil) {
      let sheet = try AttentionSheet(maps, side: side, difference: difference).sheet()
      let file = PNGFile(
        pixels: try sheet.pixels(theme: dark ? .dark : .light), texts: [])
      try UserFile.write(try file.encoded(), to: output)
      files.append(output)
    }
    try Output.answer(["files": files], or: files, json: options.json, about: files)
  }

  private func thirds() throws(EditError) -> [RunThird?] {
    guard let third else { return [nil] }
    if third == "each" { return RunThird.allCases }
    guard let one = RunThird(rawValue: third) else {
      throw EditError(
        "bad-option", .usage, "--third cannot be \(third)",
        details: ["legal: early, middle, late, each"])
    }
    return [one]
  }
}
