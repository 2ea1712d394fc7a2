/// The part of a photograph that is kept: as much of its centre as has another picture's shape.
public struct PhotoFrame: Sendable, Hashable {
  /// The photograph's size.
  public let photo: PictureSize
  /// The size that it is brought to.
  public let target: PictureSize
  /// Width of the kept part in the photograph's pixels.
  public let width: Double
  /// Height of the kept part in the photograph's pixels.
  public let height: Double

  /// Finds the part; all sides are at least 1.
  public init(of photo: PictureSize, for target: PictureSize) {
    (self.photo, self.target) = (photo, target)
    let across = photo.width * target.height
    let up = photo.height * target.width
    width = across > up ? Double(up) / Double(target.height) : Double(photo.width)
    height = across < up ? Double(across) / Double(target.width) : Double(photo.height)
  }

  /// The left edge of the kept part.
  var left: Double { (Double(photo.width) - width) / 2 }
  /// The top edge of the kept part.
  var top: Double { (Double(photo.height) - height) / 2 }

  /// What is done, for people: `4032×3024, its centre 3024×3024 resized to 512×512`.
  public var sentence: String {
    func side(_ length: Double) -> Int { Int(length.rounded()) }
    var text = "\(photo.width)×\(photo.height)"
    if width < Double(photo.width) || height < Double(photo.height) {
      text += ", its centre \(side(width))×\(side(height))"
    }
    guard width != Double(target.width) || height != Double(target.height) else {
      return text + ", not resized"
    }
    let verb = width < Double(target.width) ? "enlarged" : "reduced"
    return text + " \(verb) to \(target.width)×\(target.height)"
  }
}
