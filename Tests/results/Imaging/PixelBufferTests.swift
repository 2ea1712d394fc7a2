import Imaging
import Testing

@Suite struct PixelBufferTests {
  @Test func planesAreRoundedHalfUpAndClamped() {
    let red: [Float] = [0, 1, 0.5, -3]
    let green: [Float] = [0.5 / 255, 0.4999 / 255, 2, .nan]
    let blue: [Float] = [254.5 / 255, 254.4 / 255, .infinity, -.infinity]
    let picture = PixelBuffer(planes: red + green + blue, width: 2, height: 2)
    #expect(picture.bytes == [0, 1, 255, 255, 0, 254, 128, 255, 255, 0, 0, 0])
  }

  @Test func halvingTakesMeansOfFour() {
    let grey: [UInt8] = [0, 10, 20, 31, 40, 50, 60, 70]
    let picture = PixelBuffer(width: 4, height: 2, bytes: grey.flatMap { [$0, 0, 255] })
    #expect(picture.resized(width: 2, height: 1).bytes == [25, 0, 255, 45, 0, 255])
  }

  @Test func partsOfPixelsCountByTheirArea() {
    let picture = PixelBuffer(width: 3, height: 1, bytes: [0, 0, 0, 90, 90, 90, 240, 240, 240])
    #expect(picture.resized(width: 2, height: 1).bytes == [30, 30, 30, 190, 190, 190])
  }

  @Test(arguments: [(100, 37), (7, 7), (1, 1), (300, 150)])
  func oneColorStaysItself(width: Int, height: Int) {
    let picture = PixelBuffer(width: 61, height: 43, red: 9, green: 255, blue: 128)
    let expected = PixelBuffer(width: width, height: height, red: 9, green: 255, blue: 128)
    #expect(
      differenceOfBytes(picture.resized(width: width, height: height).bytes, expected.bytes) == nil)
  }

  @Test func thumbnailsKeepTheShapeAndNeverGrow() {
    let wide = PixelBuffer(width: 300, height: 3, red: 1, green: 2, blue: 3).thumbnail(longSide: 50)
    #expect([wide.width, wide.height] == [50, 1])
    let small = madePicture(1, width: 20, height: 30)
    #expect(differenceOfBytes(small.thumbnail(longSide: 30).bytes, small.bytes) == nil)
  }

  @Test func enlargingRepeatsPixelsAndTheBoxFilterTakesItBack() {
    let picture = madePicture(2, width: 5, height: 4)
    let large = picture.enlarged(by: 3)
    #expect([large.width, large.height] == [15, 12])
    #expect(large.hex(14, 11) == picture.hex(4, 3) && large.hex(3, 2) == picture.hex(1, 0))
    #expect(differenceOfBytes(large.resized(width: 5, height: 4).bytes, picture.bytes) == nil)
  }
}
