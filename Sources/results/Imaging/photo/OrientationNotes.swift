/// Everything in a file that may say how a camera was held, weighed as Pillow's `exif_transpose` does.
struct OrientationNotes {
  /// An Exif structure, with `Exif` and two zeros before it or not; `nil` where there is none.
  var exif: [UInt8]?
  /// An Exif structure in hexadecimal digits behind three lines of what it is, which counts where there is
  /// no other.
  var rawProfile: String?
  /// A packet of XMP, which counts where Exif says nothing.
  var xmp: [UInt8]?

  /// The first word of an Exif structure outside of TIFF.
  static let exifName = Array("Exif".utf8) + [0, 0]

  /// The orientation; `nil` where nobody says one, or it makes no sense.
  var orientation: ExifOrientation? {
    let number = (exif ?? profile).flatMap { ExifOrientation.number(tiff: Self.bare($0)) }
    return (number ?? xmpNumber).flatMap(ExifOrientation.init(rawValue:))
  }

  /// Some programs write the name twice.
  private static func bare(_ exif: [UInt8]) -> ArraySlice<UInt8> {
    var rest = exif[...]
    for _ in 0..<2 where rest.starts(with: exifName) { rest = rest.dropFirst(exifName.count) }
    return rest
  }

  /// The bytes of the raw profile; `nil` where its digits are none.
  private var profile: [UInt8]? {
    guard let rawProfile else { return nil }
    let lines = rawProfile.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let digits = lines.dropFirst(3).joined().filter { ![9, 11, 12, 13, 32].contains($0) }
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for at in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.value(digits[at]), let low = Self.value(digits[at + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46, 0x61...0x66: (digit | 0x20) - 0x61 + 10
    default: nil
    }
  }

  /// `tiff:Orientation`, as an attribute or as an element.
  private var xmpNumber: Int? {
    guard let xmp else { return nil }
    let name = Array("tiff:Orientation".utf8)
    for at in xmp.indices where xmp[at] == name[0] && xmp[at...].starts(with: name) {
      var rest = xmp[(at + name.count)...]
      if rest.starts(with: "=\"".utf8) {
        rest = rest.dropFirst(2)
      } else if rest.first == UInt8(ascii: ">") {
        rest = rest.dropFirst()
      } else {
        continue
      }
      if let digit = rest.first, (0x30...0x39).contains(digit) { return Int(digit) - 0x30 }
    }
    return nil
  }
}
