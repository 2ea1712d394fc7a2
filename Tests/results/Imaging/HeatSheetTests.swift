import Foundation
import Imaging
import Testing

/// A sheet of panels: what stands where.
@Suite struct HeatSheetTests {
  private static let red = PixelBuffer(width: 64, height: 48, red: 255, green: 0, blue: 0)
  private static let blue = PixelBuffer(width: 64, height: 48, red: 0, green: 0, blue: 255)

  private static func sheet(
    caption: String = "", missing: Bool = false, rows: Int = 1
  ) -> HeatSheet {
    HeatSheet(
      title: "dog", lines: ["source: a cat"],
      rows: (0..<rows).map { _ in
        HeatSheet.Row(
          label: "early",
          panels: [
            .init("cat", red, caption: caption),
            .init("dog", missing ? nil : blue, missing: "not in the prompt"),
          ])
      },
      scales: [
        .init(
          bar: HeatPicture(.heat, range: 0...1).bar(width: 200, height: 10, isOverlay: false),
          ticks: [(0, "0"), (1, "0.5")], caption: "probability")
      ])
  }

  private func places(_ pixels: PixelBuffer, _ color: (UInt8, UInt8, UInt8)) -> [(Int, Int)] {
    (0..<pixels.height).flatMap { y in
      (0..<pixels.width).compactMap { x in pixels[x, y] == color ? (x, y) : nil }
    }
  }

  @Test func panelsStandSideBySideUnscaled() throws {
    let pixels = try Self.sheet().pixels()
    let (reds, blues) = (places(pixels, (255, 0, 0)), places(pixels, (0, 0, 255)))
    #expect(reds.count == 64 * 48 && blues.count == 64 * 48)
    #expect(reds.map(\.1).min() == blues.map(\.1).min(), "on one line")
    let right = try #require(reds.map(\.0).max())
    let left = try #require(blues.map(\.0).min())
    #expect(left - right == 9, "a gutter of 8 between them")
  }

  @Test func theScaleStandsBelowWithEveryColour() throws {
    let pixels = try Self.sheet().pixels()
    let top = ColourRamp.heat.colors[255]
    let lights = places(pixels, (top.red, top.green, top.blue))
    let bottom = try #require(places(pixels, (255, 0, 0)).map(\.1).max())
    #expect(lights.contains { $0.1 > bottom })
  }

  @Test func aMissingPanelIsHatchedAndCaptionsTakeRoom() throws {
    let whole = try Self.sheet().pixels()
    let missing = try Self.sheet(missing: true).pixels()
    #expect(missing.width == whole.width && missing.height == whole.height)
    #expect(places(missing, (0, 0, 255)).isEmpty)
    let captioned = try Self.sheet(caption: "largest 0.4").pixels()
    #expect(captioned.height > whole.height)
    #expect(try Self.sheet(rows: 3).pixels().height > whole.height + 2 * 48)
  }

  /// A number at an end of the bar is drawn whole, however long it is.
  @Test(arguments: [0.0, 1.0]) func numbersStayInsideThePicture(place: Double) throws {
    func dark(_ place: Double, bar: Int) throws -> Int {
      let sheet = HeatSheet(
        title: "", lines: [], rows: [HeatSheet.Row(panels: [.init("", Self.red)])],
        scales: [
          .init(
            bar: PixelBuffer(width: bar, height: 10, red: 0, green: 255, blue: 0),
            ticks: [(place, "≥ 0.000123456789")], caption: "")
        ])
      let pixels = try sheet.pixels()
      let below = try #require(places(pixels, (0, 255, 0)).map(\.1).max()) + 8
      return (below..<pixels.height).reduce(0) { count, y in
        count + (0..<pixels.width).count { pixels[$0, y].0 < 128 }
      }
    }
    let whole = try dark(0.5, bar: 400)
    #expect(try dark(place, bar: 480) == whole && whole > 100)
  }

  @Test func equalSheetsHaveEqualPixels() throws {
    let once = try Self.sheet().pixels()
    let (again, dark) = (try Self.sheet().pixels(), try Self.sheet().pixels(theme: .dark))
    #expect(once == again && once != dark)
  }
}
