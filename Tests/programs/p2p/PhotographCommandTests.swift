import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import ResultFiles
import Testing

/// `p2p enqueue --image` and `p2p sweep`, from a file to edited pictures, with the bundled model.
@Suite(.serialized) struct PhotographCommandTests {
  private static let photo = RealSweep.root.appending(
    path: "Tests/Fixtures/photos/shapes.jpg"
  ).path
  private static let prompt = "a red circle next to a blue square on a white background"
  private static let edited = "a green circle next to a blue square on a white background"

  private func arguments(_ image: String, steps: Int = 8) -> [String] {
    [
      "--model", RealSweep.model, "--image", image, "--prompt", Self.prompt, "--to", Self.edited,
      "--steps", "\(steps)", "--cfg", "3",
    ]
  }

  private func picture(_ path: String) throws -> PNGFile {
    try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path))))
  }

  @Test(arguments: ["direct", "negative-prompt"])
  func aPhotographIsInvertedEditedAndShown(_ inversion: String) throws {
    let folder = try TemporaryFolder()
    let ledger = Ledger(path: "\(folder.path)/evaluations")
    let request = arguments(Self.photo) + ["--inversion", inversion, "--name", "photo"]
    let plan = try RealSweep.p2p(["enqueue", "--dry-run"] + request, folder.state)
    // Inverted, followed by one row or two, and two variants of two.
    let count = 8 + (inversion == "direct" ? 8 : 16) + 2 * 16
    #expect(plan.output.contains("32 guided = \(count) of \(count) evaluations"), "\(plan)")
    #expect(plan.output.contains("shapes.jpg: JPEG of 64×64, not resized"), "\(plan)")
    #expect(!FileManager.default.fileExists(atPath: folder.state.path))

    let ran = try RealSweep.p2p(
      ["enqueue", "--wait"] + request, folder.state, environment: ledger.environment)
    #expect(ran.status == 0, "\(ran.errors)")
    #expect(ran.errors.contains("shapes.jpg: JPEG of 64×64, not resized"), "\(ran.errors)")
    #expect(ledger.evaluations == count)

    let source = try picture(try RealSweep.file("source.png", sweep: "photo", folder.state))
    let photo = try PhotoFile(decoding: Array(Data(contentsOf: URL(filePath: Self.photo))))
    let cut = try picture(try RealSweep.file("photograph.png", sweep: "photo", folder.state))
    #expect(cut.pixels == photo.pixels)
    // Direct inversion ends at the autoencoder's picture of the photograph, the other one near it.
    let likeness = try #require(source.pixels.psnr(against: photo.pixels))
    #expect(likeness > (inversion == "direct" ? 25 : 10), "\(likeness) dB")
    let text = try #require(Infotext(texts: source.texts))
    let kind = inversion.replacingOccurrences(of: "-", with: "_")
    #expect(text["P2P inversion"] == kind && text["Seed"] == nil)
    #expect(text["P2P image"] == Digest(of: photo.pixels.ppm).description)
    let cell = try picture(try RealSweep.file("cells/cell.png", sweep: "photo", folder.state))
    #expect(cell.pixels != source.pixels)
    let page = try String(
      contentsOfFile: RealSweep.file("index.html", sweep: "photo", folder.state), encoding: .utf8)
    #expect(page.contains("photograph, as it was cut") && page.contains("\(inversion) inversion"))
    #expect(page.contains("src=\"photograph.png\"") && !page.contains("seed 0"))

    let explained = try RealSweep.p2p(["explain", "photo:r1c1"], folder.state)
    #expect(explained.output.contains("\(inversion) inversion"), "\(explained)")
    let csv = try RealSweep.p2p(["results", "photo", "--csv"], folder.state).output
    #expect(csv.contains(",photograph,inversion,") && csv.contains(",\(kind),"), "\(csv)")
    let status = try RealSweep.p2p(["status"], folder.state)
    #expect(status.output.contains("32/32"), "\(status)")
  }

  /// Every step of both ways in one file; the way back has the inversion's own latents.
  @Test func latentsHaveTheInversion() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      ["enqueue", "--wait", "--no-reprompt"] + arguments(Self.photo, steps: 4), folder.state)
    #expect(ran.status == 0, "\(ran.errors)")
    let source = try SmallSweep.read(folder.state) { try $0.units(in: .done) }
      .first { $0.kind == .source }
    let key = try #require(source?.key)
    let file = "\(folder.path)/latents.safetensors"
    let written = try RealSweep.p2p(
      ["latents", "s-\(key.short)", "-o", file], folder.state)
    #expect(written.status == 0 && written.output.contains("[5, 4, 16, 16]"), "\(written)")
    let text = String(
      decoding: try Data(contentsOf: URL(filePath: file)).prefix(400), as: UTF8.self)
    #expect(text.contains("\"inversion\"") && text.contains("\"latents\""), "\(text)")
  }

  /// The stored photograph serves a sweep that grows, and the same picture from another file is shared.
  @Test func theFileIsNotNeededAnyMore() throws {
    let folder = try TemporaryFolder()
    let own = "\(folder.path)/my photo.jpg"
    try FileManager.default.copyItem(atPath: Self.photo, toPath: own)
    let sweep = "\(folder.path)/sweep.yaml"
    try """
    sweep: grown
    model: \(RealSweep.model)
    image: \(own)
    prompt: \(Self.prompt)
    to: \(Self.edited)
    steps: 4
    cfg: 3
    reprompt: false
    axes:
      tau: [0.5, 1]
    """.write(toFile: sweep, atomically: true, encoding: .utf8)
    let made = try RealSweep.p2p(["sweep", sweep, "--wait"], folder.state)
    #expect(made.status == 0, "\(made.errors)")
    try FileManager.default.removeItem(atPath: own)
    let grown = try RealSweep.p2p(
      ["sweep", "--grow", "grown", "--tau", "0.75", "--wait"], folder.state)
    #expect(grown.status == 0, "\(grown.errors)")
    #expect(grown.errors.contains("1 units to make"), "\(grown.errors)")

    let again = try RealSweep.p2p(
      ["enqueue", "--name", "again", "--no-reprompt", "--tau", "1"]
        + arguments(Self.photo, steps: 4), folder.state)
    #expect(again.errors.contains("0 units to make"), "\(again.errors)")
    let inputs = try FileManager.default.contentsOfDirectory(
      atPath: "\(folder.state.results)/inputs")
    #expect(inputs.count == 2, "the file, and what was cut of it: \(inputs)")
    for input in inputs {
      let path = "\(folder.state.results)/inputs/\(input)"
      #expect(Digest(of: try Data(contentsOf: URL(filePath: path))).description == input)
    }
  }

  @Test(arguments: [
    ("no picture", "it is no picture that is read here"), ("", "the file is empty"),
  ])
  func whatIsNoPictureIsAnError(_ text: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/photo.png"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let ran = try RealSweep.p2p(["enqueue"] + arguments(file), folder.state)
    #expect(ran.status == Files.ExitStatus.data.rawValue)
    #expect(ran.errors.contains("\(file): \(words)"), "\(ran.errors)")
    let missing = try RealSweep.p2p(["enqueue"] + arguments(file + "x"), folder.state)
    #expect(missing.status == Files.ExitStatus.missing.rawValue, "\(missing.errors)")
    let device = try RealSweep.p2p(["enqueue"] + arguments("/dev/zero"), folder.state)
    #expect(device.errors.contains("/dev/zero is no plain file"), "\(device.errors)")
    #expect(try SmallSweep.read(folder.state) { try $0.sweeps() }.isEmpty)
  }

  /// A list of photographs with the edit of each; the sweep's own file asks for the same again, by the
  /// hashes under which they are stored.
  @Test func photographsGoWithTheirEdits() throws {
    let folder = try TemporaryFolder()
    let photos = RealSweep.root.appending(path: "Tests/Fixtures/photos").path
    let file = "\(folder.path)/pairs.yaml"
    try """
    sweep: pairs
    model: \(RealSweep.model)
    prompt: a red circle
    steps: 2
    cfg: 1
    reprompt: false
    zip: {image: [\(photos)/shapes.jpg, \(photos)/alpha.png], to: [a blue circle, a green circle]}
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let made = try RealSweep.p2p(["sweep", file, "--wait"], folder.state)
    #expect(made.status == 0, "\(made)")
    let detail = try SmallSweep.read(folder.state) { try $0.sweep(1) }
    #expect(detail.sources.count == 2 && detail.cells.count == 2)
    let again = try RealSweep.p2p(
      ["sweep", try RealSweep.file("sweep.yaml", sweep: "pairs", folder.state), "--dry-run"],
      folder.state)
    #expect(again.status == 0 && again.output.contains("variants  0 new, 2 known"), "\(again)")
    let table = try RealSweep.p2p(["results", "pairs", "--json"], folder.state)
    #expect(table.status == 0 && table.output.contains("shapes.jpg"), "\(table)")
  }

  /// A file that ends early, and sizes that are refused by their header: told at once.
  @Test func brokenPicturesAreRefusedAtOnce() throws {
    let jpeg = Array(try Data(contentsOf: URL(filePath: Self.photo)))
    let png = try PNGFile(pixels: PhotoFile(decoding: jpeg).pixels).encoded()
    var huge = png
    huge.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
    var wide = jpeg
    let frame = try #require(
      jpeg.indices.dropLast().first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    wide.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
    func enqueue(_ file: String, in state: StateFolder) throws -> (ran: Ran, time: Duration) {
      let start = ContinuousClock.now
      let ran = try RealSweep.p2p(["enqueue"] + arguments(file), state)
      return (ran, start.duration(to: .now))
    }
    let other = try TemporaryFolder()
    let whole = try enqueue(Self.photo, in: other.state)
    #expect(whole.ran.status == 0, "\(whole.ran)")
    let folder = try TemporaryFolder()
    for (name, bytes, words) in [
      ("cut.jpg", Array(jpeg.dropLast(20)), "the JPEG cannot be read: the file ends early"),
      ("cut.png", Array(png.dropLast(20)), "the PNG cannot be read: the file ends early"),
      ("huge.png", huge, "the picture is 30000×30000"),
      ("huge.jpg", wide, "the picture is 30000×30000"),
    ] {
      let file = "\(folder.path)/\(name)"
      try Data(bytes).write(to: URL(filePath: file))
      let (ran, time) = try enqueue(file, in: folder.state)
      #expect(time < whole.time * 3, "\(name): \(time); \(whole.time) for a picture in order")
      #expect(ran.status == Files.ExitStatus.data.rawValue, "\(name)")
      #expect(ran.errors.contains("\(file): \(words)"), "\(ran.errors)")
    }
    #expect(try SmallSweep.read(folder.state) { try $0.sweeps() }.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: "\(folder.state.results)/inputs"))
  }
}
