import Foundation
import Imaging
import Testing
import TestInstruments

/// PNG files that are handed in as photographs, of every kind, and damaged.
@Suite struct BrokenPNGPhotoTests {
  private static let names = ["alpha", "interlaced", "keyed", "palette", "sixteen"]

  private static func png(_ name: String) throws -> [UInt8] {
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/photos/\(name).png")))
  }

  @Test(arguments: names) func filesThatEndAnywhereAreErrors(_ name: String) throws {
    let file = try Self.png(name)
    #expect((try? PhotoFile(decoding: file)) != nil)
    for length in 0..<file.count {
      #expect(throws: ImagingError.self, "\(length) bytes") {
        try PhotoFile(decoding: Array(file.prefix(length)))
      }
    }
    let error = #expect(throws: ImagingError.self) {
      try PhotoFile(decoding: Array(file.dropLast(14)))
    }
    #expect(error?.what.contains("the file ends early") == true, "\(error?.what ?? "")")
  }

  @Test(arguments: names) func flippedBytesAreErrorsOrPictures(_ name: String) throws {
    let file = try Self.png(name)
    var errors = 0
    for (at, flip) in file.indices.flatMap({ at in [0x01, 0x80, 0xff].map { (at, $0) } }) {
      var damaged = file
      damaged[at] ^= UInt8(flip)
      do {
        let pixels = try PhotoFile(decoding: damaged).pixels
        #expect(pixels.bytes.count == 3 * pixels.width * pixels.height)
      } catch is ImagingError { errors += 1 }
    }
    #expect(errors > 100)
  }

  /// What is transparent is white, by a colour or by an entry of the palette, interlaced or not.
  @Test(arguments: [
    ("interlaced", [[200, 40, 40], [40, 180, 60], [50, 60, 210], [255, 255, 255]]),
    ("keyed", [[200, 40, 40], [147, 217, 157], [255, 255, 255], [230, 210, 50]]),
  ])
  func transparentColours(_ name: String, _ corners: [[Int]]) throws {
    let photo = try PhotoFile(decoding: Self.png(name))
    #expect(photo.notes == ["transparent parts over white"])
    #expect((photo.pixels.width, photo.pixels.height) == (48, 32))
    for y in 0..<32 {
      for x in 0..<48 {
        let pixel = photo.pixels[x, y]
        let corner = corners[(x < 16 ? 0 : 1) + (y < 16 ? 0 : 2)]
        #expect([pixel.red, pixel.green, pixel.blue].map(Int.init) == corner, "\(x), \(y)")
      }
    }
  }

  /// What other programs append is not looked at.
  @Test func bytesBehindTheEndDoNotMatter() throws {
    let file = try Self.png("palette")
    let whole = try PhotoFile(decoding: file)
    #expect(try PhotoFile(decoding: file + [1, 2, 3]) == whole)
    #expect(try PhotoFile(decoding: file + [UInt8](repeating: 0xff, count: 100)) == whole)
  }

  /// Nearly a hundred million pixels, of which the last are not there: told before they are decoded.
  @Test(arguments: ["PNG", "JPEG"]) func largeFilesThatEndEarlyAreToldAtOnce(_ kind: String) throws
  {
    #expect(try PhotoFile(decoding: Self.jpeg(side: 96)).pixels.width == 96)
    let file = kind == "PNG" ? Self.largePNG() : try Self.jpeg(side: 9_984)
    #expect(file.count > 2_000_000)
    let megapixel = try Self.secondsOfAMegapixel()
    for missing in [1, 2, 13, 1000] {
      var error: ImagingError?
      let time = ThreadClock.measure {
        error = #expect(throws: ImagingError.self) {
          try PhotoFile(decoding: Array(file.dropLast(missing)))
        }
      }
      #expect(error?.what == "the \(kind) cannot be read: the file ends early")
      // Half of what the pixels would take.
      #expect(time < 50 * megapixel, "\(missing) bytes less: \(time) s; \(megapixel) s a megapixel")
    }
  }

  /// 16 000 × 6 000 in black and white, in many chunks, as programs write them. What is in them is no
  /// picture: who decodes it says something else.
  private static func largePNG() -> [UInt8] {
    var file = PNGBuilder(width: 16_000, height: 6_000, depth: 1, color: 0)
    let part = [UInt8](repeating: 0x55, count: 8192)
    for _ in 0..<300 { file.chunk("IDAT", part) }
    file.chunk("IEND", [])
    return file.bytes
  }

  /// A square of blocks of a small picture, which stand for themselves, over and over.
  /// What a million pixels take to decode.
  static func secondsOfAMegapixel() throws -> Double {
    let file = try jpeg(side: 960)
    return try ThreadClock.measure { _ = try PhotoFile(decoding: file) }
  }

  private static func jpeg(side: Int) throws -> [UInt8] {
    let small = try PhotoFileTests.jpeg("restart")
    func index(of marker: UInt8) throws -> Int {
      try #require(
        small.indices.dropLast().first { small[$0] == 0xff && small[$0 + 1] == marker })
    }
    let data = try index(of: 0xda) + 2 + 12
    var header = Array(small[..<data])
    let frame = try index(of: 0xc0) + 5
    for at in [frame, frame + 2] {
      (header[at], header[at + 1]) = (UInt8(side >> 8), UInt8(side & 0xff))
    }
    var blocks: [ArraySlice<UInt8>] = []
    var rest = small[data..<small.count - 2]
    while let end = rest.indices.dropLast().first(where: {
      rest[$0] == 0xff && (0xd0...0xd7).contains(rest[$0 + 1])
    }) {
      blocks.append(rest[..<end])
      rest = rest[(end + 2)...]
    }
    blocks.append(rest)
    let count = (side / 16) * (side / 16)
    var file = header
    for number in 0..<count {
      file += blocks[number % blocks.count]
      if number < count - 1 { file += [0xff, 0xd0 + UInt8(number % 8)] }
    }
    return file + [0xff, 0xd9]
  }
}
