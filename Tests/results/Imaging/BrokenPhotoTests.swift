import Foundation
import Imaging
import Testing
import TestInstruments

/// Photographs that are none, or not whole: an error each, at once.
@Suite struct BrokenPhotoTests {
  private let megapixel: Double

  init() throws { megapixel = try BrokenPNGPhotoTests.secondsOfAMegapixel() }

  private static let names = ["colour", "progressive", "grey", "cmyk", "restart"]

  private func expectError(
    _ file: [UInt8], _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var error: ImagingError?
    let time = ThreadClock.measure {
      error = #expect(throws: ImagingError.self, sourceLocation: sourceLocation) {
        try PhotoFile(decoding: file)
      }
    }
    #expect(
      error?.description.contains(words) == true, "\(String(describing: error))",
      sourceLocation: sourceLocation)
    // Less than the largest picture that is read.
    #expect(time < 100 * megapixel, "\(time) s", sourceLocation: sourceLocation)
  }

  @Test(arguments: names) func jpegsThatEndAnywhereAreErrors(_ name: String) throws {
    let file = try PhotoFileTests.jpeg(name)
    for length in 0..<file.count {
      #expect(throws: ImagingError.self, "\(length) bytes") {
        try PhotoFile(decoding: Array(file.prefix(length)))
      }
    }
    expectError(Array(file.dropLast(40)), "the JPEG cannot be read: the file ends early")
  }

  @Test(arguments: names) func flippedBytesAreErrorsOrPictures(_ name: String) throws {
    let file = try PhotoFileTests.jpeg(name)
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

  @Test func otherFilesAreNamed() {
    expectError([], "the file is empty")
    expectError(Array("<html><body>".utf8), "it starts with \"<html><body>\"")
    expectError(Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "it is a WebP picture; PNG and JPEG are read")
    expectError(Array("\0\0\0\u{18}ftypheic".utf8), "it is a HEIC picture")
    expectError(Array("GIF89a".utf8), "it is a GIF")
    expectError([0xff, 0xd8, 0xff], "the JPEG cannot be read")
    expectError([0xff, 0xd8, 0xff, 0xd9], "the JPEG cannot be read")
  }

  @Test(arguments: [(30_000, 30_000), (16_385, 1), (10_001, 10_000)])
  func hugePicturesAreRefusedByTheirHeader(width: Int, height: Int) throws {
    let header = PNGBuilder(width: width, height: height, depth: 8, color: 2).bytes
    expectError(header, "the picture is \(width)×\(height)")
    var jpeg = try PhotoFileTests.jpeg("colour")
    let frame = try #require(Self.frame(of: jpeg))
    for (at, value) in [(frame, height), (frame + 2, width)] {
      (jpeg[at], jpeg[at + 1]) = (UInt8(value >> 8), UInt8(value & 0xff))
    }
    expectError(jpeg, "the picture is \(width)×\(height)")
  }

  @Test func headersThatPromiseTooMuchAreRefused() throws {
    var file = PNGBuilder(width: 10_000, height: 10_000, depth: 8, color: 2)
    expectError(file.end(rows: [[1, 2, 3]]), "cannot hold 10000×10000 pixels")
    var jpeg = try PhotoFileTests.jpeg("progressive")
    let frame = try #require(Self.frame(of: jpeg))
    for at in [frame, frame + 2] { (jpeg[at], jpeg[at + 1]) = (0x27, 0x10) }
    expectError(jpeg, "10000×10000 in \(jpeg.count) bytes: that is no photograph")
    for at in [frame, frame + 2] { (jpeg[at], jpeg[at + 1]) = (0x0f, 0x00) }
    expectError(jpeg, "the JPEG cannot be read")
  }

  /// Large pictures of next to nothing would only take time; small ones are read whatever they hold.
  @Test func largePicturesOfNothingAreRefused() throws {
    var file = PNGBuilder(width: 16_000, height: 6_000, depth: 1, color: 0)
    file.chunk("IDAT", [UInt8](repeating: 0, count: 1_000_000))
    expectError(file.bytes, "16000×6000 in 1000045 bytes: that is no photograph")
  }

  /// A picture of a million grey pixels in some hundred bytes is legal; its scans said again are not.
  @Test func scansWithoutEndAreRefused() throws {
    let file = try PhotoFileTests.jpeg("progressive")
    let scans = try #require(Self.index(of: 0xda, in: file))
    let again = Array(file[scans..<file.count - 2])
    let whole = Array(file[..<(file.count - 2)])
    let bomb = whole + Array(repeatElement(again, count: 200).joined()) + [0xff, 0xd9]
    expectError(bomb, "the JPEG cannot be read")
  }

  @Test func onePixelIsAPicture() throws {
    var file = PNGBuilder(width: 1, height: 1, depth: 8, color: 2)
    let photo = try PhotoFile(decoding: file.end(rows: [[7, 8, 9]]))
    #expect(photo.pixels.bytes == [7, 8, 9])
  }

  /// Where the height stands in the frame header.
  private static func frame(of jpeg: [UInt8]) -> Int? {
    (index(of: 0xc0, in: jpeg) ?? index(of: 0xc2, in: jpeg)).map { $0 + 5 }
  }

  private static func index(of marker: UInt8, in jpeg: [UInt8]) -> Int? {
    jpeg.indices.dropLast().first { jpeg[$0] == 0xff && jpeg[$0 + 1] == marker }
  }
}
