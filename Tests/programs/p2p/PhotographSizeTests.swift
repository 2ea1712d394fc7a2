import EditJobs
import Foundation
import Imaging
import JobStore
import Testing

/// What is cut out of photographs of other sizes and kinds, from the file to the finished pictures.
@Suite(.serialized) struct PhotographSizeTests {
  private static let prompt = "a red circle next to a blue square on a white background"
  private static let shapes = RealSweep.root.appending(
    path: "Tests/Fixtures/photos/shapes.jpg")

  /// What came of a photograph: the remark, and the photograph as it was cut.
  private func run(
    _ file: [UInt8], called name: String, _ more: [String] = []
  ) throws -> (said: String, cut: PixelBuffer, source: PixelBuffer) {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    try Data(file).write(to: URL(filePath: path))
    let ran = try RealSweep.p2p(
      [
        "enqueue", "--wait", "--name", "photo", "--model", RealSweep.model, "--image", path,
        "--prompt", Self.prompt, "--steps", "2", "--cfg", "1", "--no-reprompt",
      ] + more, folder.state)
    try #require(ran.status == 0, "\(ran.errors)")
    let pictures = try ["photograph.png", "source.png"].map {
      let path = try RealSweep.file($0, sweep: "photo", folder.state)
      return try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: path)))).pixels
    }
    return (ran.errors, pictures[0], pictures[1])
  }

  /// A direct inversion ends at the autoencoder's picture of what was cut.
  private func expectLike(
    _ run: (said: String, cut: PixelBuffer, source: PixelBuffer),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let likeness = try #require(run.source.psnr(against: run.cut), sourceLocation: sourceLocation)
    #expect(likeness > 20, "\(likeness) dB", sourceLocation: sourceLocation)
  }

  private static func pixels() throws -> PixelBuffer {
    try PhotoFile(decoding: Array(Data(contentsOf: shapes))).pixels
  }

  /// The picture in the middle of a wider one, whose sides are black.
  private static func framed(_ inner: PixelBuffer, by side: Int) -> PixelBuffer {
    let width = inner.width + 2 * side
    var outer = PixelBuffer(width: width, height: inner.height, red: 0, green: 0, blue: 0)
    for y in 0..<inner.height {
      let row = inner.bytes[y * inner.width * 3..<(y + 1) * inner.width * 3]
      outer.bytes.replaceSubrange(
        (y * width + side) * 3..<(y * width + side) * 3 + row.count, with: row)
    }
    return outer
  }

  @Test func theCentreOfAWidePNGIsKept() throws {
    let inner = try Self.pixels()
    let file = try PNGFile(pixels: Self.framed(inner, by: 21)).encoded()
    let run = try run(file, called: "wide.png")
    #expect(run.said.contains("wide.png: PNG of 106×64, its centre 64×64"), "\(run.said)")
    #expect(run.cut == inner)
    try expectLike(run)
  }

  @Test func aLargePNGIsReduced() throws {
    let inner = try Self.pixels()
    let large = Self.framed(inner.enlarged(by: 3), by: 30)
    let run = try run(try PNGFile(pixels: large).encoded(), called: "large.png")
    #expect(
      run.said.contains("PNG of 252×192, its centre 192×192 reduced to 64×64"), "\(run.said)")
    #expect((run.cut.width, run.cut.height) == (64, 64))
    // Each pixel was made nine equal ones; the kernel that brings them back also sees their neighbours.
    let likeness = try #require(run.cut.psnr(against: inner))
    #expect(likeness > 25, "\(likeness) dB")
    try expectLike(run)
  }

  @Test func aSizeIsAsked() throws {
    let inner = try Self.pixels()
    let run = try run(
      try PNGFile(pixels: inner).encoded(), called: "photo.png", ["--size", "32x64"])
    #expect(run.said.contains("PNG of 64×64, its centre 32×64"), "\(run.said)")
    #expect((run.cut.width, run.cut.height) == (32, 64))
    #expect((run.source.width, run.source.height) == (32, 64))
    for y in [0, 31, 63] {
      for x in [0, 15, 31] { #expect(run.cut[x, y] == inner[x + 16, y]) }
    }
    let wide = try self.run(
      try PNGFile(pixels: inner).encoded(), called: "photo.png", ["--size", "128x64"])
    #expect(wide.said.contains("its centre 64×32 enlarged to 128×64"), "\(wide.said)")
    #expect((wide.source.width, wide.source.height) == (128, 64))
  }

  /// An EXIF orientation of 6: the stored picture's left side is the upright one's top.
  @Test func aTurnedJPEGIsMadeUpright() throws {
    let stored = Array(try Data(contentsOf: Self.shapes))
    let tiff: [UInt8] = [
      0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]
    let body = Array("Exif".utf8) + [0, 0] + tiff
    let file =
      stored.prefix(2) + [0xff, 0xe1, 0, UInt8(body.count + 2)] + body + stored.dropFirst(2)
    let run = try run(Array(file), called: "turned.jpg")
    #expect(run.said.contains("turned upright (EXIF orientation 6)"), "\(run.said)")
    let inner = try Self.pixels()
    for y in 0..<64 {
      for x in 0..<64 { #expect(run.cut[x, y] == inner[y, 63 - x]) }
    }
    try expectLike(run)
  }

  @Test func aSinglePixelIsEnlarged() throws {
    let file = PNGFile(pixels: PixelBuffer(width: 1, height: 1, red: 200, green: 30, blue: 40))
    let run = try run(try file.encoded(), called: "one.png")
    #expect(run.said.contains("one.png: PNG of 1×1 enlarged to 64×64"), "\(run.said)")
    #expect(run.cut == PixelBuffer(width: 64, height: 64, red: 200, green: 30, blue: 40))
  }
}
