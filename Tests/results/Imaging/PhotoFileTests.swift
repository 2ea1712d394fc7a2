import Foundation
import Imaging
import Testing

/// Photographs of every kind that is read, and their orientation.
@Suite struct PhotoFileTests {
  /// The colours of `Fixtures/photos/*.jpg`, 48×32: a corner of 16×16, and what lies beside and below.
  static let corners = [[200, 40, 40], [40, 180, 60], [50, 60, 210], [230, 210, 50]]

  static func jpeg(_ name: String) throws -> [UInt8] {
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/photos/\(name).jpg")))
  }

  /// A JPEG with an Exif segment that names an orientation, in either byte order.
  static func jpeg(_ name: String, orientation: UInt8, little: Bool) throws -> [UInt8] {
    let file = try jpeg(name)
    let tiff: [UInt8] =
      little
      ? [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
      : [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
    let body = Array("Exif".utf8) + [0, 0] + tiff + [0, 0, 0, 0]
    return file.prefix(2) + [0xff, 0xe1, 0, UInt8(body.count + 2)] + body + file.dropFirst(2)
  }

  private func isNear(
    _ picture: PixelBuffer, _ x: Int, _ y: Int, _ colour: [Int], within: Int = 6
  ) -> Bool {
    let found = picture[x, y]
    return zip([found.red, found.green, found.blue], colour).allSatisfy {
      abs(Int($0) - $1) <= within
    }
  }

  @Test(arguments: ["colour", "progressive", "restart"])
  func colourOfEveryOrder(_ name: String) throws {
    let photo = try PhotoFile(decoding: Self.jpeg(name))
    #expect((photo.format, photo.notes) == ("JPEG", []))
    #expect((photo.pixels.width, photo.pixels.height) == (48, 32))
    for (corner, place) in zip(Self.corners, [(4, 4), (40, 4), (4, 28), (40, 28)]) {
      #expect(isNear(photo.pixels, place.0, place.1, corner))
    }
  }

  @Test func greyBecomesRGB() throws {
    let bytes = try PhotoFile(decoding: Self.jpeg("grey")).pixels.bytes
    #expect(stride(from: 0, to: bytes.count, by: 3).allSatisfy { bytes[$0] == bytes[$0 + 1] })
    #expect(Set(bytes).count > 3)
  }

  @Test func inksBecomeRGB() throws {
    let photo = try PhotoFile(decoding: Self.jpeg("cmyk"))
    #expect(photo.notes == ["CMYK converted without its colour profile"])
    for (corner, place) in zip(Self.corners, [(4, 4), (40, 4), (4, 28), (40, 28)]) {
      #expect(isNear(photo.pixels, place.0, place.1, corner))
    }
  }

  /// Where the stored corners (top left, top right, bottom left, bottom right) are seen, for the
  /// orientations 1 to 8.
  private static let seen = [
    [0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1], [0, 2, 1, 3], [2, 0, 3, 1],
    [3, 1, 2, 0], [1, 3, 0, 2],
  ]

  @Test(arguments: UInt8(1)...8, [true, false])
  func orientationIsApplied(_ orientation: UInt8, little: Bool) throws {
    let seen = Self.seen[Int(orientation) - 1]
    let photo = try PhotoFile(
      decoding: Self.jpeg("colour", orientation: orientation, little: little))
    let picture = photo.pixels
    #expect((picture.width, picture.height) == (orientation < 5 ? (48, 32) : (32, 48)))
    let (right, bottom) = (picture.width - 3, picture.height - 3)
    for (corner, place) in zip(seen, [(2, 2), (right, 2), (2, bottom), (right, bottom)]) {
      #expect(isNear(picture, place.0, place.1, Self.corners[corner]), "corner at \(place)")
    }
    #expect(
      photo.notes
        == (orientation == 1 ? [] : ["turned upright (EXIF orientation \(orientation))"]))
  }

  @Test(arguments: [0, 9, 255] as [UInt8])
  func senselessOrientationsArePassedOver(_ value: UInt8) throws {
    let photo = try PhotoFile(decoding: Self.jpeg("colour", orientation: value, little: true))
    #expect(photo.pixels.width == 48 && photo.notes.isEmpty)
  }

  @Test func brokenExifIsPassedOver() throws {
    let whole = try Self.jpeg("colour", orientation: 6, little: true)
    // Every byte of the segment's body, and of the length in front of it.
    for at in 4..<42 {
      var file = whole
      file[at] ^= 0xff
      guard let photo = try? PhotoFile(decoding: file) else { continue }
      #expect(photo.pixels.bytes.count == 48 * 32 * 3)
    }
  }

  @Test func transparentPartsAreShownOverWhite() throws {
    var file = PNGBuilder(width: 3, height: 1, depth: 8, color: 6)
    let photo = try PhotoFile(
      decoding: file.end(rows: [[9, 9, 9, 0, 100, 0, 200, 128, 1, 2, 3, 255]]))
    #expect(photo.pixels.bytes == [255, 255, 255, 177, 127, 227, 1, 2, 3])
    #expect((photo.format, photo.notes) == ("PNG", ["transparent parts over white"]))
    var opaque = PNGBuilder(width: 1, height: 1, depth: 8, color: 6)
    #expect(try PhotoFile(decoding: opaque.end(rows: [[1, 2, 3, 255]])).notes.isEmpty)
  }

  @Test func palettesGreyAndKeyedColours() throws {
    var palette = PNGBuilder(width: 4, height: 1, depth: 2, color: 3)
    palette.chunk("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90])
    palette.chunk("tRNS", [0, 255])
    #expect(
      try PhotoFile(decoding: palette.end(rows: [[0b00_10_01_00]])).pixels.bytes
        == [255, 255, 255, 70, 80, 90, 40, 50, 60, 255, 255, 255])
    var grey = PNGBuilder(width: 2, height: 1, depth: 16, color: 4)
    let photo = try PhotoFile(decoding: grey.end(rows: [[0x80, 0x80, 0xff, 0xff, 0, 0, 0, 0]]))
    #expect(photo.pixels.bytes == [128, 128, 128, 255, 255, 255])
    #expect(photo.notes == ["transparent parts over white", "16 bits rounded to 8"])
    var keyed = PNGBuilder(width: 2, height: 1, depth: 8, color: 2)
    keyed.chunk("tRNS", [0, 1, 0, 2, 0, 3])
    #expect(
      try PhotoFile(decoding: keyed.end(rows: [[1, 2, 3, 4, 5, 6]])).pixels.bytes
        == [255, 255, 255, 4, 5, 6])
  }

  @Test func theOrientationOfAPNGIsApplied() throws {
    var file = PNGBuilder(width: 2, height: 1, depth: 8, color: 0)
    file.chunk(
      "eXIf", [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0])
    let photo = try PhotoFile(decoding: file.end(rows: [[1, 2]]))
    #expect((photo.pixels.width, photo.pixels.height) == (1, 2))
    #expect(photo.pixels.bytes == [2, 2, 2, 1, 1, 1])
  }
}
