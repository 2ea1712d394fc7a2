import Imaging
import Testing

/// Measures of pictures against values computed by hand or by another program.
@Suite struct LikenessTests {
  private let size = (width: 16, height: 12)

  /// A pattern with texture in every channel.
  private func pattern(_ a: Int, _ b: Int, _ c: Int) -> PixelBuffer {
    var bytes: [UInt8] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        bytes += [x * a + y * b + c, x * b + y * a + c, x * y + c].map { UInt8($0 % 256) }
      }
    }
    return PixelBuffer(width: size.width, height: size.height, bytes: bytes)
  }

  /// The left half.
  private var half: PictureMask {
    PictureMask(
      width: 16, height: 12, flags: (0..<12).flatMap { _ in (0..<16).map { $0 < 8 } })
  }

  @Test func ratioOfSmallPictures() throws {
    let black = PixelBuffer(width: 2, height: 1, bytes: [0, 0, 0, 0, 0, 0])
    let white = PixelBuffer(width: 2, height: 1, bytes: Array(repeating: 255, count: 6))
    #expect(black.psnr(against: white) == 0)
    #expect(black.psnr(against: black) == .infinity)
    // One of six bytes differs by 51: 10 · log10(255² · 6 / 51²) = 10 · log10(150).
    let dot = PixelBuffer(width: 2, height: 1, bytes: [51, 0, 0, 0, 0, 0])
    let ratio = try #require(black.psnr(against: dot))
    #expect(abs(ratio - 21.760912590556813) < 1e-9)
    let left = PictureMask(width: 2, height: 1, flags: [true, false])
    let inside = try #require(black.psnr(against: dot, inside: left))
    #expect(abs(inside - 18.750612633917) < 1e-9)
    #expect(black.psnr(against: dot, inside: left.inverted) == .infinity)
    let none = PictureMask(width: 2, height: 1, flags: [false, false])
    #expect(black.psnr(against: dot, inside: none) == nil)
  }

  @Test func anEqualPictureIsOne() throws {
    let picture = pattern(7, 13, 0)
    let similarity = try #require(StructuralSimilarity(picture, picture))
    #expect(similarity.mean == 1)
    #expect(similarity.mean(inside: half) == 1)
    #expect((similarity.columns, similarity.rows) == (6, 2))
  }

  /// Without texture the index is (2ab + C1) / (a² + b² + C1).
  @Test func evenGreys() throws {
    let similarity = try #require(
      StructuralSimilarity(
        PixelBuffer(width: 11, height: 11, red: 100, green: 100, blue: 100),
        PixelBuffer(width: 11, height: 11, red: 120, green: 120, blue: 120)))
    #expect(abs(similarity.mean - 0.9836109249983688) < 1e-9)
  }

  /// The values are those of the formula written out with one window of two dimensions.
  @Test func texturedPictures() throws {
    let (a, b) = (pattern(7, 13, 0), pattern(5, 11, 3))
    let similarity = try #require(StructuralSimilarity(a, b))
    #expect(abs(similarity.mean - 0.9655008663834176) < 1e-9)
    let left = try #require(similarity.mean(inside: half))
    #expect(abs(left - 0.9655006347001697) < 1e-9)
    let ratios = [
      a.psnr(against: b), a.psnr(against: b, inside: half),
      a.psnr(against: b, inside: half.inverted),
    ]
    for (ratio, expected) in zip(
      ratios, [19.485033627596987, 25.14712529739862, 17.108372773561197])
    {
      #expect(abs(try #require(ratio) - expected) < 1e-9)
    }
    // It does not matter which of the two is the original.
    #expect(StructuralSimilarity(b, a)?.mean == similarity.mean)
  }

  @Test func tooSmallForAWindow() {
    let small = PixelBuffer(width: 10, height: 40, red: 1, green: 2, blue: 3)
    #expect(StructuralSimilarity(small, small) == nil)
  }

  @Test func masksHaveAnInside() {
    let mask = PictureMask(width: 2, height: 2, flags: [true, false, false, true])
    #expect(mask.area == 0.5)
    #expect(mask.inverted.area == 0.5)
    #expect(mask.inverted.flags == [false, true, true, false])
  }
}
