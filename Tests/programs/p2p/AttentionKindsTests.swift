import EditJobs
import Files
import Foundation
import Imaging
import JobStore
import ResultFiles
import Testing

/// `p2p attn` on photographs, on a model with two text encoders and on other samplers, and its options.
@Suite(.serialized) struct AttentionKindsTests {
  /// A finished edit called `heat`, and its heat maps.
  private final class Edit {
    let folder: TemporaryFolder

    init(_ arguments: [String], from prompt: String, to edit: String) throws {
      folder = try TemporaryFolder()
      let ran = try RealSweep.p2p(
        [
          "enqueue", "--name", "heat", "--wait", "--no-reprompt", "--steps", "6", "--cfg", "3",
          "--prompt", prompt, "--to", edit,
        ] + arguments, folder.state)
      try #require(ran.status == 0, "\(ran.errors)")
    }

    func attn(_ arguments: [String]) throws -> Ran {
      try RealSweep.p2p(["attn", "heat:r1c1"] + arguments, folder.state)
    }

    /// The axes' lengths and the numbers of an npy file of ours, and what its names say.
    func raw(_ arguments: [String]) throws -> (shape: [Int], values: [Float], names: String) {
      let path = "\(folder.path)/x.npy"
      let ran = try attn(arguments + ["--raw", path])
      try #require(ran.status == 0, "\(ran.errors)")
      let file = try Data(contentsOf: URL(filePath: path))
      let start = 10 + Int(file[8]) + Int(file[9]) * 256
      let header = String(decoding: file[10..<start], as: UTF8.self)
      let shape = try #require(header.firstMatch(of: /'shape': \(([\d, ]+)\)/)?.1)
      let values = file.dropFirst(start).withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map { index in
          let word = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          return Float(bitPattern: UInt32(littleEndian: word))
        }
      }
      return (
        shape.split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }, values,
        try String(contentsOfFile: path + ".json", encoding: .utf8)
      )
    }

    /// The mean maps that the runs of source and edit left.
    func recorded() throws -> [MeanMaps] {
      let results = ResultFolder(folder.state.results)
      let units = try SmallSweep.read(folder.state) { try $0.units(in: .done) }
      return try [true, false].map { isSource in
        let unit = try #require(units.first { ($0.kind == .source) == isSource })
        let place = isSource ? results.source(unit.key) : results.variant(unit.key)
        return try MeanMaps(path: place.meanMaps)
      }
    }
  }

  private static let shapes = [
    "a red circle next to a blue square on a white background",
    "a green circle next to a blue square on a white background",
  ]

  /// Every token of both pictures is what the runs recorded, and all tokens of a place add up to one;
  /// the thirds are averages of two of six steps, whose mean is the whole.
  private func expectRecorded(_ edit: Edit) throws {
    let all = try edit.raw(["--all-tokens"])
    let maps = try edit.recorded()
    #expect(all.shape == [2, 1] + maps[0].shape)
    #expect(all.values == maps[0].values + maps[1].values)
    #expect(maps[0].values != maps[1].values)
    let (tokens, size) = (maps[0].shape[0], maps[0].shape[1] * maps[0].shape[2])
    for at in [0, size / 2, size - 1] {
      var sum: Float = 0
      for token in 0..<tokens { sum += all.values[token * size + at] }
      #expect(abs(sum - 1) < 2e-3)
    }
    let thirds = try edit.raw(["--all-tokens", "--third", "each"])
    #expect(thirds.shape == [2, 3] + maps[0].shape)
    let count = tokens * size
    for picture in 0..<2 {
      let apart = (0..<count).map { at -> Float in
        var sum: Float = 0
        for span in 0..<3 { sum += thirds.values[(picture * 3 + span) * count + at] }
        return abs(sum / 3 - all.values[picture * count + at])
      }
      #expect((apart.max() ?? 1) < 1e-5)
    }
  }

  @Test(arguments: ["direct", "negative-prompt"])
  func aPhotograph(_ inversion: String) throws {
    let photo = RealSweep.root.appending(path: "Tests/Fixtures/photos/shapes.jpg").path
    let edit = try Edit(
      ["--model", RealSweep.model, "--image", photo, "--inversion", inversion],
      from: Self.shapes[0], to: Self.shapes[1])
    try expectRecorded(edit)
    let path = "\(edit.folder.path)/x.png"
    #expect(try edit.attn(["--token", "circle", "--third", "each", "-o", path]).status == 0)
  }

  @Test func twoTextEncoders() throws {
    let edit = try Edit(
      ["--model", FamilyOrderTests.folder("tiny-sdxl"), "--seed", "5"],
      from: "a red circle next to a star", to: "a blue circle next to a star")
    try expectRecorded(edit)
    let word = try edit.raw(["--token", "blue"])
    #expect(word.names.contains("\"red\"") && word.names.contains("\"blue\""), "\(word.names)")
  }

  @Test(arguments: ["euler", "dpmpp_2m"]) func otherSamplers(_ sampler: String) throws {
    try expectRecorded(
      try Edit(
        ["--model", RealSweep.model, "--sampler", sampler], from: Self.shapes[0],
        to: Self.shapes[1]))
  }

  /// Shares are of what falls on all words: those of one prompt add up to one in every place. With the
  /// start, the end and the padding counted, they are the probabilities themselves.
  @Test func sharesAddUpToOne() throws {
    let edit = try Edit(
      ["--model", RealSweep.model], from: Self.shapes[0], to: Self.shapes[1])
    let words = (1...12).flatMap { ["--token", "@\($0)"] }
    let share = try edit.raw(words + ["--share"])
    let plain = try edit.raw(words)
    #expect(share.names.contains("share of what falls on all words"))
    #expect(plain.names.contains("\"probability\""))
    let size = share.shape[3] * share.shape[4]
    #expect(share.shape == [2, 1, 12, share.shape[3], share.shape[4]])
    for at in 0..<2 * size {
      let first = at / size * 12 * size + at % size
      let places = (0..<12).map { first + $0 * size }
      let sum = places.reduce(Float(0)) { $0 + share.values[$1] }
      let total = places.reduce(Float(0)) { $0 + plain.values[$1] }
      #expect(abs(sum - 1) < 1e-4)
      #expect(abs(share.values[first] - plain.values[first] / total) < 1e-5)
    }
    let special = try edit.raw(words + ["--share", "--special"])
    let apart = zip(special.values, plain.values).map { abs($0 - $1) }.max() ?? 1
    #expect(apart < 2e-3, "\(apart)")
  }

  /// `glowing` has no counterpart in the source.
  @Test func aWordThatIsMissingIsNaNAndAnEmptyPanel() throws {
    let edit = try Edit(
      ["--model", RealSweep.model], from: "a yellow circle on a black background",
      to: "a glowing yellow circle on a black background")
    let raw = try edit.raw(["--token", "glowing", "--token", "circle"])
    let size = raw.shape[3] * raw.shape[4]
    #expect(raw.shape.prefix(3) == [2, 1, 2] && raw.values.count == 4 * size)
    #expect(raw.values[..<size].allSatisfy { $0.isNaN })
    #expect(raw.values[size...].allSatisfy { $0 >= 0 && $0 <= 1 })
    let compact = raw.names.filter { !$0.isWhitespace }
    #expect(compact.contains(#""words":["","circle"]"#), "\(raw.names)")
    #expect(compact.contains(#""words":["glowing","circle"]"#), "\(raw.names)")
    // Without any difference there is no scale of differences below the panels.
    func height(_ arguments: [String]) throws -> Int {
      let path = "\(edit.folder.path)/x.png"
      let ran = try edit.attn(arguments + ["-o", path])
      try #require(ran.status == 0, "\(ran.errors)")
      return try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path)))).pixels.height
    }
    let plain = try height(["--token", "glowing"])
    #expect(try height(["--token", "glowing", "--difference"]) == plain)
    #expect(try height(["--token", "circle", "--difference"]) > plain)
  }

  @Test func sheetsAreLightOrDarkAndLargeOrSmall() throws {
    let edit = try Edit(
      ["--model", RealSweep.model], from: Self.shapes[0], to: Self.shapes[1])
    func sheet(_ arguments: [String]) throws -> PixelBuffer {
      let path = "\(edit.folder.path)/x.png"
      let ran = try edit.attn(arguments + ["-o", path])
      try #require(ran.status == 0, "\(ran.errors)")
      return try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path)))).pixels
    }
    let (light, dark) = (
      try sheet(["--token", "circle"]), try sheet(["--token", "circle", "--dark"])
    )
    #expect((light.width, light.height) == (dark.width, dark.height))
    #expect(light[0, 0].red > 230 && dark[0, 0].red < 60)
    let small = try sheet(["--token", "circle", "--panel", "64"])
    #expect(light.height > small.height + 300, "two rows of panels")
    let plain = try sheet(["--all-tokens"])
    let special = try sheet(["--all-tokens", "--special"])
    #expect(special != plain, "three panels more, and another scale")
    let tiny = try edit.attn(["--token", "circle", "--panel", "20"])
    #expect(tiny.status == Files.ExitStatus.usage.rawValue)
    #expect(tiny.errors.contains("--panel is not 32…2048: 20"), "\(tiny.errors)")
  }
}
