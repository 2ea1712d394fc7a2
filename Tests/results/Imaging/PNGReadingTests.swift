import Imaging
import Testing

@Suite struct PNGReadingTests {
  @Test func greyBecomesRGB() throws {
    var file = PNGBuilder(width: 8, height: 1, depth: 1, color: 0)
    let read = try PNGFile(decoding: file.end(rows: [[0b1010_0011]])).pixels.bytes
    #expect(read == [255, 0, 255, 0, 0, 0, 255, 255].flatMap { [$0, $0, $0] })
  }

  @Test func palettesAreLookedUp() throws {
    var file = PNGBuilder(width: 4, height: 1, depth: 2, color: 3)
    file.chunk("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90])
    file.chunk("tRNS", [0, 128])
    let read = try PNGFile(decoding: file.end(rows: [[0b00_10_01_00]])).pixels.bytes
    #expect(read == [10, 20, 30, 70, 80, 90, 40, 50, 60, 10, 20, 30])
  }

  @Test func alphaIsDropped() throws {
    var file = PNGBuilder(width: 2, height: 1, depth: 8, color: 6)
    let read = try PNGFile(decoding: file.end(rows: [[1, 2, 3, 0, 4, 5, 6, 255]])).pixels.bytes
    #expect(read == [1, 2, 3, 4, 5, 6])
  }

  @Test func sixteenBitsAreRounded() throws {
    var file = PNGBuilder(width: 1, height: 1, depth: 16, color: 2)
    let read = try PNGFile(decoding: file.end(rows: [[0x00, 0x81, 0x7f, 0x7f, 0xff, 0xff]]))
    #expect(read.pixels.bytes == [1, 127, 255])
  }

  @Test func interlacingIsUndone() throws {
    // Adam7 of 2×2: pass 1 has (0,0), pass 6 has (1,0), pass 7 has the second row.
    var file = PNGBuilder(width: 2, height: 2, depth: 8, color: 0, interlaced: true)
    let read = try PNGFile(decoding: file.end(rows: [[1], [2], [3, 4]])).pixels.bytes
    #expect(read == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
  }

  @Test func textsOfAllKindsAreRead() throws {
    var file = PNGBuilder(width: 1, height: 1, depth: 8, color: 0)
    file.chunk("tEXt", Array("a\0caf".utf8) + [0xe9])
    file.chunk("tEXt", Array("b\0café".utf8))
    file.chunk("zTXt", Array("c\0\0".utf8) + PNGBuilder.stored(Array("deep".utf8)))
    file.chunk("iTXt", Array("d\0\u{1}\0de\0\0".utf8) + PNGBuilder.stored(Array("日本".utf8)))
    let read = try PNGFile(decoding: file.end(rows: [[7]]))
    #expect(read.texts.map(\.keyword) == ["a", "b", "c", "d"])
    #expect(read.texts.map(\.text) == ["café", "café", "deep", "日本"])
    #expect(read.skippedTexts.isEmpty)
  }

  @Test func textsBeyondOneMebibyteAreLeftOutAndThePictureIsRead() throws {
    var file = PNGBuilder(width: 1, height: 1, depth: 8, color: 0)
    let most = [UInt8](repeating: 0x61, count: PNGFile.largestText)
    file.chunk("zTXt", Array("most\0\0".utf8) + PNGBuilder.stored(most))
    file.chunk("zTXt", Array("more\0\0".utf8) + PNGBuilder.stored(most + [0x61]))
    file.chunk("zTXt", Array("bad\0\0".utf8) + [1, 2, 3])
    file.chunk("tEXt", Array("sum\0text".utf8), damage: true)
    let read = try PNGFile(decoding: file.end(rows: [[7]]))
    #expect(read.pixels.bytes == [7, 7, 7])
    #expect(read.texts.map(\.keyword) == ["most"])
    #expect(read.texts.first?.text.utf8.count == PNGFile.largestText)
    #expect(read.skippedTexts.count == 3)
    #expect(read.skippedTexts.first == "a zTXt text was left out: it is longer than 1 MiB")
  }

  @Test func truncatedFilesAreErrors() throws {
    let texts = [PNGText(keyword: "k", text: "日本")]
    let file = try PNGFile(pixels: madePicture(1, width: 9, height: 9), texts: texts).encoded()
    for length in 0..<file.count {
      #expect(throws: ImagingError.self, "\(length) bytes") {
        try PNGFile(decoding: Array(file.prefix(length)))
      }
    }
    let error = #expect(throws: ImagingError.self) {
      try PNGFile(decoding: Array(file.prefix(file.count - 40)))
    }
    #expect(error?.what.contains("the file ends early") == true)
  }

  @Test func damagedPixelsAreErrorsAndNothingCrashes() throws {
    let picture = madePicture(2, width: 9, height: 9)
    let file = try PNGFile(pixels: picture, texts: [PNGText(keyword: "k", text: "t")]).encoded()
    for at in file.indices {
      var damaged = file
      damaged[at] ^= 0x41
      guard let read = try? PNGFile(decoding: damaged) else { continue }
      // What is still read is the same picture: only the text or its chunk was hit.
      #expect(differenceOfBytes(read.pixels.bytes, picture.bytes) == nil, "byte \(at)")
    }
  }

  @Test func garbageIsAnError() {
    let error = #expect(throws: ImagingError.self) {
      try PNGFile(decoding: Array("<html><body>".utf8))
    }
    #expect(error?.what == "not a PNG (starts with \"<html><body>\")")
    let noise = PNGBuilder(width: 1, height: 1, depth: 8, color: 0).bytes
    for seed in 1...50 {
      let garbage = noise + madePicture(seed, width: 20, height: 3).bytes
      #expect(throws: ImagingError.self) { try PNGFile(decoding: garbage) }
    }
  }

  @Test(arguments: [(16_385, 1), (1, 16_385), (10_001, 10_000), (0, 5), (1 << 31, 1 << 31)])
  func illegalSizesAreRefusedBeforeAnythingIsAllocated(width: Int, height: Int) {
    let header = PNGBuilder(width: width, height: height, depth: 8, color: 2).bytes
    #expect(throws: ImagingError.self) { try PNGFile(decoding: header) }
    #expect(throws: ImagingError.self) { try PNGFile.size(of: header) }
  }
}
