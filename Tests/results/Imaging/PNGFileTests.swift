import Imaging
import Testing

@Suite struct PNGFileTests {
  static let texts = [
    PNGText(keyword: "parameters", text: "a fox\nSteps: 20"),
    PNGText(keyword: "p2p", text: "{\"prompt\":\"café 日本 🦊\"}"),
    PNGText(keyword: "empty", text: ""),
  ]

  @Test(arguments: [(64, 64), (1, 1), (3, 200), (257, 2)])
  func pixelsAndTextsComeBack(width: Int, height: Int) throws {
    let picture = madePicture(width, width: width, height: height)
    let file = try PNGFile(pixels: picture, texts: Self.texts).encoded()
    let read = try PNGFile(decoding: file)
    #expect(differenceOfBytes(read.pixels.bytes, picture.bytes) == nil)
    #expect(read.texts == Self.texts && read.skippedTexts.isEmpty)
    #expect(try PNGFile.size(of: file) == PictureSize(width: width, height: height))
  }

  @Test func equalContentGivesEqualBytes() throws {
    let file = PNGFile(pixels: madePicture(3), texts: Self.texts)
    #expect(differenceOfBytes(try file.encoded(), try file.encoded()) == nil)
  }

  @Test func textsStandBeforeThePixelsAndThereIsNoTime() throws {
    let types = try chunkTypes(PNGFile(pixels: madePicture(4), texts: Self.texts).encoded())
    #expect(types.filter { $0 != "IDAT" } == ["IHDR", "tEXt", "iTXt", "tEXt", "IEND"])
    #expect(types.firstIndex(of: "IDAT") == 4)
  }

  @Test func anInternationalTextIsNotCompressed() throws {
    let file = try PNGFile(pixels: madePicture(5), texts: [Self.texts[1]]).encoded()
    let text = Array("p2p\0\0\0\0\0{\"prompt\":\"café 日本 🦊\"}".utf8)
    #expect(file.indices.contains { file[$0...].starts(with: text) })
  }

  @Test(arguments: ["", " a", "a ", "a  b", String(repeating: "k", count: 80), "é", "a\n"])
  func illegalKeywordsAreRefused(keyword: String) {
    let file = PNGFile(pixels: madePicture(6), texts: [PNGText(keyword: keyword, text: "x")])
    #expect(throws: ImagingError.self) { try file.encoded() }
  }

  @Test func aNulInATextIsRefused() {
    let file = PNGFile(pixels: madePicture(6), texts: [PNGText(keyword: "k", text: "a\0b")])
    #expect(throws: ImagingError.self) { try file.encoded() }
  }

  private func chunkTypes(_ file: [UInt8]) -> [String] {
    var (at, types): (Int, [String]) = (8, [])
    while at < file.count {
      let length = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      types.append(String(decoding: file[at + 4..<at + 8], as: UTF8.self))
      at += length + 12
    }
    return types
  }
}
