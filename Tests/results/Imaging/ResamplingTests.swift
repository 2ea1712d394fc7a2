import Imaging
import Testing

/// Photographs cut to a picture's shape and brought to its size.
@Suite struct ResamplingTests {
  private func resampled(_ picture: PixelBuffer, _ width: Int, _ height: Int) -> PixelBuffer {
    let photo = PictureSize(width: picture.width, height: picture.height)
    return picture.resampled(PhotoFrame(of: photo, for: PictureSize(width: width, height: height)))
  }

  @Test func anUnchangedSizeIsThePictureItself() {
    let picture = madePicture(3, width: 21, height: 13)
    #expect(resampled(picture, 21, 13) == picture)
  }

  @Test func theCentreIsKept() {
    let picture = madePicture(4, width: 30, height: 12)
    let cut = resampled(picture, 12, 12)
    for y in 0..<12 {
      for x in 0..<12 { #expect(cut[x, y] == picture[x + 9, y]) }
    }
  }

  @Test(arguments: [(64, 64), (512, 8), (8, 512), (1, 1), (100, 37)])
  func plainAreasStayAsTheyAre(_ width: Int, _ height: Int) {
    let plain = PixelBuffer(width: 101, height: 47, red: 250, green: 3, blue: 128)
    let result = resampled(plain, width, height)
    #expect(result == PixelBuffer(width: width, height: height, red: 250, green: 3, blue: 128))
  }

  /// A chequerboard of single pixels is grey when it is reduced: nothing aliases.
  @Test func finePatternsBecomeTheirMean() {
    let side = 120
    let bytes = (0..<side * side).flatMap { at in
      Array(repeating: UInt8((at / side + at) % 2 * 255), count: 3)
    }
    let result = resampled(PixelBuffer(width: side, height: side, bytes: bytes), 24, 24)
    let inner = (3..<21).flatMap { y in (3..<21).map { x in Int(result[x, y].red) } }
    #expect(inner.allSatisfy { abs($0 - 128) <= 3 }, "\(Set(inner).sorted())")
  }

  /// A ramp stays a ramp: cubic convolution reproduces straight lines.
  @Test func rampsStayRamps() {
    let bytes = (0..<8).flatMap { _ in (0..<256).flatMap { Array(repeating: UInt8($0), count: 3) } }
    let wide = resampled(PixelBuffer(width: 256, height: 8, bytes: bytes), 512, 16)
    let narrow = resampled(PixelBuffer(width: 256, height: 8, bytes: bytes), 64, 2)
    for x in 8..<504 { #expect(abs(Double(wide[x, 8].red) - (Double(x) + 0.5) / 2 + 0.5) <= 0.51) }
    for x in 4..<60 { #expect(abs(Double(narrow[x, 1].red) - (Double(x) + 0.5) * 4 + 0.5) <= 0.51) }
  }

  /// The weights of cubic convolution half-way: −1/16, 9/16, 9/16, −1/16.
  @Test func aStepOvershootsAsTheKernelSays() {
    let row: [UInt8] = [0, 0, 0, 0, 160, 160, 160, 160]
    let picture = PixelBuffer(width: 8, height: 1, bytes: row.flatMap { [$0, $0, $0] })
    let result = resampled(picture, 24, 3)
    let values = (0..<24).map { Int(result[$0, 1].red) }
    #expect(values[4] == 0 && values[13] == 160 && values[19] == 160)
    // 1/3 of a pixel from the edge's two sides, by the kernel's own numbers.
    #expect((values[10], values[11], values[12]) == (0, 47, 113))
    #expect(values[13] == 160 && values[14] == 172)
  }

  @Test func longThinPicturesTakeNoMemory() {
    let thin = PixelBuffer(width: 16_384, height: 1, red: 9, green: 8, blue: 7)
    #expect(resampled(thin, 512, 512)[511, 511] == (9, 8, 7))
  }

  @Test func framesSayWhatIsDone() {
    func sentence(_ width: Int, _ height: Int) -> String {
      PhotoFrame(
        of: PictureSize(width: width, height: height), for: PictureSize(width: 512, height: 512)
      ).sentence
    }
    #expect(sentence(4032, 3024) == "4032×3024, its centre 3024×3024 reduced to 512×512")
    #expect(sentence(100, 300) == "100×300, its centre 100×100 enlarged to 512×512")
    #expect(sentence(512, 512) == "512×512, not resized")
    #expect(sentence(600, 512) == "600×512, its centre 512×512, not resized")
    #expect(sentence(1024, 1024) == "1024×1024 reduced to 512×512")
  }
}
