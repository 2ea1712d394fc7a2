import Imaging
import Testing

/// Sources by row and by column, several tables, and grids that one file cannot hold.
@Suite struct GridLayoutTests {
  private func cell(_ seed: Int) -> GridCell { GridCell(.picture(GridImage(madePicture(seed)))) }

  private func pair(_ source: Int, _ rePrompt: Int? = nil, caption: String = "") -> GridPair {
    GridPair(
      source: GridReference(.picture(GridImage(madePicture(source))), caption: caption),
      rePrompt: rePrompt.map { GridReference(.picture(GridImage(madePicture($0)))) })
  }

  private func grid(columns: Int, pages: [GridPage]) -> GridDescription {
    GridDescription(
      title: "seeds", columns: (0..<columns).map { "c\($0)" }, pages: pages,
      infotext: GridPictureTests.infotext, expectedSize: PictureSize(width: 64, height: 64))
  }

  private func place(_ seed: Int, in drawn: PixelBuffer) throws -> [Int] {
    let places = drawn.places(of: madePicture(seed).enlarged(by: 2))
    #expect(places.count == 1, "picture \(seed)")
    return try #require(places.first)
  }

  @Test func sourcesOfRowsStandInTheirRows() throws {
    let rows = [
      GridRow(label: "seed 1", cells: [cell(3)]), GridRow(label: "s 2", cells: [cell(4)]),
    ]
    let page = GridPage(references: .rows([pair(1), pair(2)]), rows: rows)
    let drawn = try GridPicture(grid(columns: 1, pages: [page])).pixels()
    let places = try (1...4).map { try place($0, in: drawn) }
    #expect(places[0][1] == places[2][1] && places[1][1] == places[3][1])
    #expect(places[0][0] == 24 && places[1][0] == 24 && places[2][0] == places[3][0])
    #expect(places[1][1] == places[0][1] + 128 + 8)
  }

  @Test func sourcesOfColumnsStandAboveThem() throws {
    let page = GridPage(
      references: .columns([pair(1, 3), pair(2, 4)]), rows: [GridRow(cells: [cell(5), cell(6)])])
    let drawn = try GridPicture(grid(columns: 2, pages: [page])).pixels()
    let places = try (1...6).map { try place($0, in: drawn) }
    #expect(places[0][0] == places[2][0] && places[2][0] == places[4][0])
    #expect(places[1][0] == places[3][0] && places[3][0] == places[5][0])
    #expect(places[2][1] == places[0][1] + 128 + 16 && places[4][1] == places[2][1] + 128 + 24)
  }

  @Test func moreSourcesThanRowsGoOnBelow() throws {
    let page = GridPage(
      references: .page([pair(1, caption: "seed 1"), pair(2, caption: "seed 2")]),
      rows: [GridRow(cells: [cell(3)])])
    let drawn = try GridPicture(grid(columns: 1, pages: [page])).pixels()
    let (first, second) = (try place(1, in: drawn), try place(2, in: drawn))
    #expect(second[0] == first[0] && second[1] > first[1] + 128 + 8)
    // The caption between the two is there.
    let between = drawn.colors(x: 24..<152, y: first[1] + 131..<second[1] - 3)
    #expect(between.count > 5)
  }

  @Test func tablesStandOneBelowTheOtherInTheSameColumns() throws {
    let pages = [
      GridPage(heading: "seed 1", references: .page([pair(1)]), rows: [GridRow(cells: [cell(2)])]),
      GridPage(heading: "seed 2", rows: [GridRow(cells: [cell(3)])]),
    ]
    let drawn = try GridPicture(grid(columns: 1, pages: pages)).pixels()
    let (above, below) = (try place(2, in: drawn), try place(3, in: drawn))
    #expect(above[0] == below[0] && below[1] > above[1] + 128 + 36)
  }

  @Test func aGridTooLargeForOneFileBecomesTilesWithAllCells() throws {
    let rows = (0..<6).map { y in
      GridRow(label: "r\(y)", cells: (0..<6).map { x in cell(100 + y * 6 + x) })
    }
    let description = grid(
      columns: 6, pages: [GridPage(references: .page([pair(1)]), rows: rows)])
    let options = GridOptions(largestSide: 900)
    let picture = try GridPicture(description, options: options)
    #expect(picture.fileNames() == ["grid-1.png", "grid-2.png", "grid-3.png", "grid-4.png"])
    #expect(picture.sizes.allSatisfy { $0.width <= 900 && $0.height <= 900 })
    var counts = [Int](repeating: 0, count: 36)
    for tile in picture.sizes.indices {
      let drawn = try PNGFile(decoding: try picture.png(tile: tile)).pixels
      #expect(drawn.places(of: madePicture(1).enlarged(by: 2)).count == 1)
      for index in counts.indices {
        counts[index] += drawn.places(of: madePicture(100 + index).enlarged(by: 2)).count
      }
    }
    #expect(counts == [Int](repeating: 1, count: 36))
    #expect(try GridPicture(description).fileNames() == ["grid.png"])
  }

  @Test func areaAndPagesAreLimitsToo() throws {
    let pages = (0..<4).map { GridPage(heading: "p\($0)", rows: [GridRow(cells: [cell($0 + 1)])]) }
    let options = GridOptions(largestArea: 300_000)
    let picture = try GridPicture(grid(columns: 1, pages: pages), options: options)
    #expect(picture.sizes.count == 2)
    #expect(picture.sizes.allSatisfy { $0.width * $0.height <= 300_000 })
  }

  @Test func rowsOfSourcesAreCutWithTheirRows() throws {
    let rows = (0..<8).map { GridRow(label: "s\($0)", cells: [cell(50 + $0)]) }
    let page = GridPage(references: .rows((0..<8).map { pair(10 + $0) }), rows: rows)
    let options = GridOptions(largestSide: 800)
    let picture = try GridPicture(grid(columns: 1, pages: [page]), options: options)
    #expect(picture.sizes.count == 2)
    let second = try picture.pixels(tile: 1)
    let (source, edit) = (try place(14, in: second), try place(54, in: second))
    #expect(source[1] == edit[1])
    #expect(second.places(of: madePicture(10).enlarged(by: 2)).isEmpty)
  }
}
