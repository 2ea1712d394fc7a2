import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import ResultFiles
import RunMeasures
import Testing

/// `p2p attn` on an edit of the bundled model, through the built programs.
@Suite(.serialized) struct AttentionTests {
  /// A finished edit, made once.
  private final class Edit {
    let folder: TemporaryFolder
    init() throws {
      folder = try TemporaryFolder()
      let ran = try RealSweep.p2p(
        [
          "enqueue", "--name", "heat", "--model", RealSweep.model, "--steps", "6", "--cfg", "3",
          "--prompt", "a red circle next to a blue square on a white background",
          "--to", "a red circle next to a blue square on a yellow background",
          "--no-reprompt", "--tau", "0.5", "--wait",
        ], folder.state)
      #expect(ran.status == 0, "\(ran.errors)")
    }

    func attn(_ arguments: [String]) throws -> Ran {
      try RealSweep.p2p(["attn", "heat:r1c1"] + arguments, folder.state)
    }

    /// The numbers behind the header of an npy file.
    func numbers(_ path: String) throws -> [Float] {
      let file = try Data(contentsOf: URL(filePath: path))
      let start = 10 + Int(file[8]) + Int(file[9]) * 256
      return file.dropFirst(start).withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map { index in
          let word = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          return Float(bitPattern: UInt32(littleEndian: word))
        }
      }
    }
  }

  private func picture(_ path: String) throws -> PixelBuffer {
    try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path)))).pixels
  }

  @Test func wordsAndSheetsAreDrawn() throws {
    let edit = try Edit()
    let base = edit.folder.path
    #expect(try edit.attn(["--token", "yellow", "-o", "\(base)/one.png"]).status == 0)
    let one = try picture("\(base)/one.png")
    #expect(one.width > 2 * 256 && one.height > 2 * 256, "picture and map of source and edit")
    let each = try edit.attn(
      ["--token", "circle", "--third", "each", "--difference", "-o", "\(base)/each.png"])
    #expect(each.status == 0, "\(each.errors)")
    let thirds = try picture("\(base)/each.png")
    #expect(thirds.width > 3 * 256 && thirds.height > 4 * 256)
    let sheet = try edit.attn(["--all-tokens", "-o", "\(base)/all.png", "--json"])
    #expect(sheet.output.contains("all.png"), "\(sheet.errors)")
    #expect(try picture("\(base)/all.png").width > 8 * 128)
    let again = try edit.attn(["--token", "yellow", "-o", "\(base)/again.png"])
    #expect(again.status == 0)
    #expect(try picture("\(base)/again.png") == one, "equal records, equal pixels")
  }

  /// Each word reaches the light end of its own scale; on a shared one a single word does.
  @Test func everyWordIsSeen() throws {
    let edit = try Edit()
    let base = edit.folder.path
    func lightPanels(_ options: [String]) throws -> Int {
      let ran = try edit.attn(["--all-tokens", "--panel", "128", "-o", "\(base)/s.png"] + options)
      #expect(ran.status == 0, "\(ran.errors)")
      let sheet = try picture("\(base)/s.png")
      // Between the cells of a map colours are interpolated: the lightest ones of the ramp.
      let light = Set(ColourRamp.heat.colors[232...].map { [$0.red, $0.green, $0.blue] })
      // Places of panels in which one of them stands, above the bar.
      var found: Set<[Int]> = []
      for y in 0..<(sheet.height - 90) {
        for x in 0..<sheet.width {
          let (red, green, blue) = sheet[x, y]
          if light.contains([red, green, blue]) { found.insert([x / 136, y / 136]) }
        }
      }
      return found.count
    }
    let (own, shared) = (try lightPanels([]), try lightPanels(["--scale", "shared"]))
    #expect(own >= 20 && shared < own, "\(own) and \(shared)")
    #expect(try edit.attn(["--all-tokens", "--scale", "other"]).status == 64)
  }

  /// Times its weight a probability is none any more, and is not called so; nor is it in a sheet of some
  /// words.
  @Test func whatIsWeighedIsNoProbability() throws {
    let edit = try Edit()
    let base = edit.folder.path
    let names = "\(base)/w.npy.json"
    #expect(try edit.attn(["--token", "circle", "--raw", "\(base)/w.npy"]).status == 0)
    #expect(try String(contentsOfFile: names, encoding: .utf8).contains("\"probability\""))
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--name", "weighed", "--model", RealSweep.model, "--steps", "2", "--cfg", "3",
        "--prompt", "a red circle on a white background", "--to",
        "a green circle on a white background", "--no-reprompt", "--w", "green=8", "--wait",
      ], edit.folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let weighed = try RealSweep.p2p(
      ["attn", "weighed:r1c1", "--token", "green", "--raw", "\(base)/w.npy"], edit.folder.state)
    #expect(weighed.status == 0, "\(weighed.errors)")
    #expect(try edit.numbers("\(base)/w.npy").contains { $0 > 1 })
    #expect(try !String(contentsOfFile: names, encoding: .utf8).contains("probability"))
  }

  @Test func numbersAreThoseOfTheRecords() throws {
    let edit = try Edit()
    let base = edit.folder.path
    let raw = try edit.attn(["--token", "yellow", "--token", "@3", "--raw", "\(base)/x.npy"])
    #expect(raw.status == 0, "\(raw.errors)")
    #expect(!FileManager.default.fileExists(atPath: "attn.png"), "no picture was asked for")
    let units = try SmallSweep.read(edit.folder.state) { try $0.units(in: .done) }
    let results = ResultFolder(edit.folder.state.results)
    let variant = try #require(units.first { $0.kind == .variant })
    let maps = try MeanMaps(path: results.variant(variant.key).meanMaps)
    let size = maps.shape[1] * maps.shape[2]
    let numbers = try edit.numbers("\(base)/x.npy")
    #expect(numbers.count == 4 * size)
    // The edit's yellow is its token 11; the source has white in its place.
    let yellow = Array(numbers[(2 * size)..<(3 * size)])
    #expect(yellow == Array(maps.values[(11 * size)..<(12 * size)]))
    let third = Array(numbers[(3 * size)...])
    #expect(third == Array(maps.values[(3 * size)..<(4 * size)]))
    let json = try String(contentsOfFile: "\(base)/x.npy.json", encoding: .utf8)
    for words in [#""white""#, #""yellow""#, #""p2p.attn/1""#, #""all 6 steps""#] {
      #expect(json.contains(words), "\(json)")
    }
    // Thirds of two steps each: their mean is the whole.
    #expect(
      try edit.attn(["--token", "yellow", "--third", "each", "--raw", "\(base)/t.npy"]).status == 0)
    let thirds = try edit.numbers("\(base)/t.npy")
    for at in 0..<size {
      var sum: Float = 0
      for span in 3..<6 { sum += thirds[span * size + at] }
      let difference: Float = sum / 3 - yellow[at]
      #expect(abs(difference) < 1e-5)
    }
    // Every token of every picture adds up to one; maps are rounded to float16.
    #expect(try edit.attn(["--all-tokens", "--raw", "\(base)/all.npy"]).status == 0)
    let all = try edit.numbers("\(base)/all.npy")
    for at in [0, size / 2, size - 1] {
      var sum: Float = 0
      for token in 0..<maps.shape[0] { sum += all[token * size + at] }
      #expect(abs(sum - 1) < 2e-3)
    }
  }

  @Test func allSitesOfASourceGiveAFinerMap() throws {
    let edit = try Edit()
    let base = edit.folder.path
    let variant = try edit.attn(["--token", "circle", "--fine"])
    #expect(variant.status == Files.ExitStatus.data.rawValue)
    #expect(variant.errors.contains("try: p2p attn --fine s-"), "\(variant.errors)")
    let store = try SmallSweep.read(edit.folder.state) { store in
      let source = try #require(try store.units(in: .done).first { $0.kind == .source })
      return (source, try store.model(of: source.key), try store.sourceSpec(source.key))
    }
    let (source, model, spec) = (store.0, try #require(store.1), try #require(store.2))
    let fine = try RealSweep.p2p(
      ["attn", source.name, "--token", "circle", "--fine", "--raw", "\(base)/f.npy"],
      edit.folder.state)
    #expect(fine.status == 0, "\(fine.errors)")
    // The sites of the control resolution alone are what the run has averaged itself.
    let folder = ResultFolder(edit.folder.state.results).source(source.key)
    let facts = model.facts
    let control = facts.sites.filter {
      $0.name.kind == .cross && $0.name.stage != .mid
        && $0.rows == facts.controlRows && $0.columns == facts.controlColumns
    }
    for third in [nil, RunThird.early] {
      let means = try SiteMeans(
        stored: folder, sites: control, steps: try RunThird.steps(third, of: spec.steps),
        of: spec.steps, sampler: spec.sampler)
      let stored = try TokenMaps(fine: means, sites: control)
      let recorded = try TokenMaps(
        folder, third: third, steps: spec.steps, sampler: spec.sampler)
      #expect(stored.rows == recorded.rows && stored.tokens == recorded.tokens)
      let apart = zip(stored.values, recorded.values).map { abs($0 - $1) }.max() ?? 1
      #expect(apart < 1e-5)
    }
  }

  /// Evicted, or too many to be ever stored: the maps are made again, and nothing differs.
  @Test func mapsThatAreNotThereAreMadeAgainForAFinerMap() throws {
    let edit = try Edit()
    let units = try SmallSweep.read(edit.folder.state) { try $0.units(in: .done) }
    let source = try #require(units.first { $0.kind == .source })
    let folder = ResultFolder(edit.folder.state.results).source(source.key)
    func fine(_ name: String) throws -> (ran: Ran, numbers: [Float]) {
      let file = "\(edit.folder.path)/\(name).npy"
      let ran = try RealSweep.p2p(
        [
          "attn", source.name, "--token", "circle", "--fine", "--third", "each", "--raw", file,
          "-o", "\(edit.folder.path)/\(name).png",
        ], edit.folder.state)
      return (ran, ran.status == 0 ? try edit.numbers(file) : [])
    }
    let stored = try fine("stored")
    #expect(stored.ran.status == 0 && stored.ran.errors.isEmpty, "\(stored.ran.errors)")
    // One pass is damaged, then all are gone.
    let pass = folder.maps(pass: 3)
    try Data("nonsense".utf8).write(to: URL(filePath: pass))
    let mended = try fine("mended")
    #expect(mended.ran.status == 0, "\(mended.ran.errors)")
    #expect(mended.numbers == stored.numbers)
    try FileManager.default.removeItem(atPath: folder.maps)
    let made = try fine("made")
    #expect(made.ran.status == 0, "\(made.ran.errors)")
    #expect(made.ran.errors.contains("made again, at most 6 evaluations"), "\(made.ran.errors)")
    #expect(made.numbers == stored.numbers && !made.numbers.isEmpty)
    #expect(
      try picture("\(edit.folder.path)/made.png") == picture("\(edit.folder.path)/stored.png"))
    #expect(!FileManager.default.fileExists(atPath: folder.maps), "nothing is stored by looking")
    // Without the trajectory there is nothing to make them from.
    try FileManager.default.removeItem(atPath: folder.trajectory)
    let gone = try fine("gone").ran
    #expect(gone.status != 0 && gone.errors.contains("trajectory.bin"), "\(gone)")
  }

  @Test func whatCannotBeShownIsSaid() throws {
    let edit = try Edit()
    let word = try edit.attn(["--token", "yelow"])
    #expect(word.status == Files.ExitStatus.data.rawValue)
    #expect(word.errors.contains("\"yelow\" is not in the edit prompt"), "\(word.errors)")
    #expect(word.errors.contains("try: yellow"))
    let both = try edit.attn([])
    #expect(both.status == Files.ExitStatus.usage.rawValue)
    #expect(both.errors.contains("--token WORD, or --all-tokens"))
    let third = try edit.attn(["--token", "a", "--third", "last"])
    #expect(third.errors.contains("legal: early, middle, late, each"), "\(third.errors)")
    let units = try SmallSweep.read(edit.folder.state) { try $0.units(in: .done) }
    let source = try #require(units.first { $0.kind == .source })
    let results = ResultFolder(edit.folder.state.results)
    try FileManager.default.removeItem(atPath: results.source(source.key).trajectory)
    let gone = try edit.attn(["--token", "a", "--third", "late"])
    #expect(gone.status == Files.ExitStatus.missing.rawValue)
    #expect(gone.errors.contains("trajectory.bin"), "\(gone.errors)")
    #expect(try edit.attn(["--token", "a", "-o", "\(edit.folder.path)/a.png"]).status == 0)
  }
}
