import Imaging
import Testing

@Suite struct GreyPictureTests {
  @Test(arguments: [(64, 64), (1, 1), (3, 200), (257, 2)])
  func numbersComeBackAsGrey(width: Int, height: Int) throws {
    let grey = (0..<width * height).map { UInt8($0 * 37 % 256) }
    let file = try PNGFile.encoded(grey: grey, width: width, height: height)
    // Bits a pixel, and the kind of picture.
    #expect(Array(file[24...25]) == [8, 0])
    let pixels = try PNGFile(decoding: file).pixels
    #expect(pixels.width == width && pixels.height == height)
    #expect(differenceOfBytes(pixels.bytes, grey.flatMap { [$0, $0, $0] }) == nil)
    let again = try PNGFile.encoded(grey: grey, width: width, height: height)
    #expect(differenceOfBytes(again, file) == nil)
  }
}
