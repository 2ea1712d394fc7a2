import Foundation
import Imaging
import Testing

/// How a camera was held, in every way that files say it, against Pillow (`Tools/oracle/orientations.py`).
@Suite struct OrientationTests {
  struct Golden: Decodable, CustomTestStringConvertible, Sendable {
    var name: String
    var file: Data
    var width: Int
    var height: Int
    var orientation: Int
    /// The grey values of the upright picture, where the format keeps them.
    var grey: [UInt8]?
    var testDescription: String { name }
  }

  static let goldens = (try? Vocabulary.golden("orientations.json", as: [Golden].self)) ?? []

  @Test func goldensAreThere() { #expect(Self.goldens.count == 29) }

  @Test(arguments: goldens)
  func picturesAreTurnedUpright(_ golden: Golden) throws {
    let photo = try PhotoFile(decoding: Array(golden.file))
    #expect((photo.pixels.width, photo.pixels.height) == (golden.width, golden.height))
    let turned = "turned upright (EXIF orientation \(golden.orientation))"
    #expect(photo.notes == (golden.orientation == 1 ? [] : [turned]))
    if let grey = golden.grey {
      #expect(photo.pixels.bytes == grey.flatMap { [$0, $0, $0] })
    }
  }

  /// Digits that are none, and packets without end, leave a picture as it is.
  @Test func whatCannotBeReadIsPassedOver() throws {
    for (keyword, text) in [
      ("Raw profile type exif", "\nexif\n 4\nzz00"), ("Raw profile type exif", "\nexif\n 4\n4d4"),
      ("Raw profile type exif", ""), ("Raw profile type exif", "\n\n\n45786966000"),
      ("XML:com.adobe.xmp", "tiff:Orientation"), ("XML:com.adobe.xmp", "tiff:Orientation=\""),
      ("XML:com.adobe.xmp", "tiff:Orientation>x"),
    ] {
      var file = PNGBuilder(width: 2, height: 1, depth: 8, color: 0)
      file.chunk("tEXt", Array(keyword.utf8) + [0] + Array(text.utf8))
      let photo = try PhotoFile(decoding: file.end(rows: [[1, 2]]))
      #expect(photo.pixels.bytes == [1, 1, 1, 2, 2, 2] && photo.notes.isEmpty, "\(text)")
    }
  }
}
