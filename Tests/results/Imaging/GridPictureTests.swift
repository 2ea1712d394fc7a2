import Imaging
import Testing

@Suite struct GridPictureTests {
  static let infotext = Infotext(
    prompt: "a fox", pairs: [Infotext.Pair("Steps", "20"), Infotext.Pair("Seed", "8888")])
  private let white = 0xffffff
  private let sourceFrame = 0x8a8a8a
  private let dashes = 0x4a4a4a

  private func picture(_ seed: Int, width: Int = 64, height: Int = 64) -> GridCell.Content {
    .picture(GridImage(madePicture(seed, width: width, height: height)))
  }

  private func grid(
    title: String = "crown", columns: [String] = ["tau 0", "tau 1"],
    references: GridReferences = .page([]), rows: [GridRow], heading: String = ""
  ) -> GridDescription {
    GridDescription(
      title: title, prompts: "a cat → a fox", settings: "seed 8888", columns: columns,
      pages: [GridPage(heading: heading, references: references, rows: rows)],
      infotext: Self.infotext, expectedSize: PictureSize(width: 64, height: 64))
  }

  /// Source 1, re-prompt 2, cells 3 and 4 in one row without a label.
  private var oneRow: GridDescription {
    let pair = GridPair(
      source: GridReference(picture(1)), rePrompt: GridReference(picture(2)))
    return grid(
      references: .page([pair]),
      rows: [GridRow(cells: [GridCell(picture(3), isRePrompt: true), GridCell(picture(4))])])
  }

  @Test func picturesStandSideBySideTwiceAsLarge() throws {
    let drawn = try GridPicture(oneRow).pixels()
    let places = (1...4).map { drawn.places(of: madePicture($0).enlarged(by: 2)) }
    #expect(places.allSatisfy { $0.count == 1 })
    // Margin 24; between the pair 16; before the cells 24; between cells 8; margin 24.
    #expect(places.map { $0.first?.first } == [24, 168, 320, 456])
    #expect(Set(places.map { $0.first?.last }).count == 1)
    #expect(drawn.width == 456 + 128 + 24)
    #expect(drawn.height == (places[0].first?.last ?? 0) + 128 + 24)
  }

  @Test func theSourceHasASolidFrameOfThreePixels() throws {
    let drawn = try GridPicture(oneRow).pixels()
    let y = try #require(drawn.places(of: madePicture(1).enlarged(by: 2)).first?.last)
    let x = 24
    #expect(drawn.colors(x: x - 3..<x, y: y - 3..<y + 131) == [sourceFrame])
    #expect(drawn.colors(x: x + 128..<x + 131, y: y - 3..<y + 131) == [sourceFrame])
    #expect(drawn.colors(x: x - 3..<x + 131, y: y - 3..<y) == [sourceFrame])
    #expect(drawn.colors(x: x - 3..<x + 131, y: y + 128..<y + 131) == [sourceFrame])
    #expect(drawn.colors(x: x - 4..<x - 3, y: y..<y + 128) == [white])
  }

  @Test func rePromptsHaveDashedFramesAndOtherCellsHaveNone() throws {
    let drawn = try GridPicture(oneRow).pixels()
    let y = try #require(drawn.places(of: madePicture(2).enlarged(by: 2)).first?.last)
    for x in [168, 320] {
      let top = (x - 3..<x + 131).map { drawn.hex($0, y - 3) }
      #expect(Set(top) == [white, dashes])
      #expect(top.first == dashes && top.last == dashes)
      let changes = zip(top, top.dropFirst()).filter { $0 != $1 }.count
      #expect(changes >= 20 && changes % 2 == 0)
      #expect(drawn.colors(x: x - 1..<x, y: y..<y + 128) == [white])
    }
    #expect(drawn.colors(x: 456 + 129..<456 + 132, y: y - 3..<y + 131) == [white])
  }

  @Test func missingCellsAreHatchedAndExcludedOnesBlank() throws {
    let row = GridRow(cells: [GridCell(.missing("waiting")), GridCell(.excluded)])
    let drawn = try GridPicture(grid(rows: [row])).pixels()
    let y = drawn.height - 24 - 128
    // Corners of the place, where no word stands.
    let hatched = drawn.colors(x: 24..<64, y: y..<y + 40)
    #expect(hatched.isSuperset(of: [0xf4f4f4, 0xd2d2d2]) && !hatched.contains(white))
    #expect(drawn.colors(x: 160..<288, y: y..<y + 128) == [white])
    let other = GridRow(cells: [GridCell(.missing("failed")), GridCell(.excluded)])
    let failed = try GridPicture(grid(rows: [other])).pixels()
    #expect(differenceOfBytes(failed.bytes, drawn.bytes) != nil)
  }

  @Test func equalInputGivesEqualBytes() throws {
    let (a, b) = (try GridPicture(oneRow), try GridPicture(oneRow))
    #expect(differenceOfBytes(try a.png(), try b.png()) == nil)
    #expect(differenceOfBytes(try a.png(), try a.png()) == nil)
    #expect(
      differenceOfBytes(try PNGFile(decoding: a.png()).pixels.bytes, try a.pixels().bytes) == nil)
  }

  @Test func theFileHoldsAllLabelsInFull() throws {
    let long = "to " + String(repeating: "a very long prompt, ", count: 30) + "end"
    let description = grid(
      columns: [long, "tau 1"],
      rows: [
        GridRow(label: "w:crown 2", cells: [GridCell(.excluded), GridCell(.excluded)])
      ], heading: "seed 日本")
    let file = try PNGFile(decoding: try GridPicture(description).png())
    let read = try #require(Infotext(texts: file.texts))
    #expect(read["P2P axes"] == "columns: \(long) | tau 1; rows: w:crown 2; pages: seed 日本")
    #expect(read.prompt == "a fox" && read["Seed"] == "8888" && read.pairs.last?.key == "Version")
  }

  @Test func labelsHaveThreeLinesAtMostAndLoseTheirMiddle() throws {
    func drawn(_ label: String) throws -> PixelBuffer {
      let row = GridRow(cells: [GridCell(.excluded), GridCell(.excluded)])
      return try GridPicture(grid(columns: [label, ""], rows: [row])).pixels()
    }
    let words = (0..<40).map { "word\($0)" }
    let (one, two) = (try drawn("word0"), try drawn("word0 word1 word2 word3"))
    let three = try drawn(words.prefix(7).joined(separator: " "))
    let many = try drawn(words.joined(separator: " "))
    let line = two.height - one.height
    #expect(line > 10 && three.height == one.height + 2 * line && many.height == three.height)
    var (middle, end) = (words, words)
    middle[20] = "WORD"
    end[39] = "WORD"
    #expect(differenceOfBytes(try drawn(middle.joined(separator: " ")).bytes, many.bytes) == nil)
    #expect(differenceOfBytes(try drawn(end.joined(separator: " ")).bytes, many.bytes) != nil)
    // Nothing leaves the column's width: the second column and the gutter stay blank.
    #expect(many.colors(x: 153..<many.width, y: many.height - 220..<many.height) == [white])
  }

  @Test func breaksAndNULsInLabelsAreBlanks() throws {
    let cells = [GridCell(.excluded), GridCell(.excluded)]
    let drawn = try ["a\u{0}b\nc", "a b c", "abc"].map { label in
      try GridPicture(grid(rows: [GridRow(label: label, cells: cells)])).pixels().bytes
    }
    #expect(differenceOfBytes(drawn[0], drawn[1]) == nil)
    #expect(differenceOfBytes(drawn[0], drawn[2]) != nil)
  }

  @Test(arguments: [(512, 512, 256, 256), (1024, 256, 256, 64), (200, 100, 200, 100)])
  func largePicturesAreScaledDown(width: Int, height: Int, toWidth: Int, toHeight: Int) throws {
    let row = GridRow(cells: [GridCell(picture(7, width: width, height: height))])
    let drawn = try GridPicture(grid(columns: [""], rows: [row])).pixels()
    let expected = madePicture(7, width: width, height: height)
      .resized(width: toWidth, height: toHeight)
    #expect(drawn.places(of: expected).count == 1)
    let full = try GridPicture(
      grid(columns: [""], rows: [row]), options: GridOptions(longSide: nil)
    ).pixels()
    #expect(full.places(of: madePicture(7, width: width, height: height)).count == 1)
  }

  @Test func picturesThatCannotBeReadAreErrors() throws {
    let broken = GridImage(size: PictureSize(width: 64, height: 64)) {
      throw ImagingError(.damaged, "gone")
    }
    let wrong = GridImage(size: PictureSize(width: 64, height: 64)) {
      madePicture(1, width: 32, height: 64)
    }
    for image in [broken, wrong] {
      let row = GridRow(cells: [GridCell(.picture(image))])
      let picture = try GridPicture(grid(columns: [""], rows: [row]))
      #expect(throws: ImagingError.self) { try picture.png() }
    }
  }

  /// What is not there is hatched, over several bands too, and the pictures beside it stay.
  @Test func missingPicturesAreHatched() throws {
    let side = 600
    let nothing = GridImage(size: PictureSize(width: side, height: side)) { nil }
    let row = GridRow(cells: [
      GridCell(.picture(nothing)), GridCell(picture(7, width: side, height: side)),
    ])
    let drawn = try GridPicture(
      grid(columns: ["", ""], rows: [row]), options: GridOptions(longSide: nil)
    ).pixels()
    let place = try #require(drawn.places(of: madePicture(7, width: side, height: side)).first)
    for y in [place[1] + 10, place[1] + 300, place[1] + 590] {
      let colours = drawn.colors(x: place[0] - 600..<place[0] - 100, y: y..<y + 4)
      #expect(colours.count > 1 && !colours.contains(white))
    }
  }

  @Test func theDarkThemeChangesTheGroundAndNotThePictures() throws {
    let drawn = try GridPicture(oneRow, options: GridOptions(theme: .dark)).pixels()
    #expect(drawn.hex(0, 0) == 0x111111)
    #expect(drawn.places(of: madePicture(4).enlarged(by: 2)).count == 1)
  }
}
