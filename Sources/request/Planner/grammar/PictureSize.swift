public import EditJobs
public import Files

/// The size of a picture in pixels.
public struct PictureSize: Hashable, Sendable, CustomStringConvertible {
  /// Width in pixels.
  public var width: Int
  /// Height in pixels.
  public var height: Int

  /// Makes a size.
  public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// Reads `512x512` or one number for a square, as width × height; `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.lowercased().split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "x" || $0 == "×" })
    let numbers = parts.compactMap { part in
      part.isEmpty || part.contains { !$0.isDigit } ? nil : Int(part)
    }
    guard numbers.count == parts.count, let width = numbers.first, numbers.count <= 2 else {
      return nil
    }
    self.init(width: width, height: numbers.count == 2 ? numbers[1] : width)
  }

  /// `512x512`.
  public var description: String { "\(width)x\(height)" }

  /// Sides up to this many pixels are accepted.
  static let limit = 8192

  /// Checks that a model can make pictures of this size.
  ///
  /// - Throws: `size-illegal` with the nearest legal size.
  public func check(_ model: ModelFacts) throws(EditError) {
    let multiple = max(model.sizeMultiple, 1)
    func nearest(_ side: Int) -> Int {
      let bounded = min(max(side, 1), Self.limit)
      return max(multiple, (bounded + multiple / 2) / multiple * multiple)
    }
    let legal = PictureSize(width: nearest(width), height: nearest(height))
    guard legal == self else {
      throw EditError(
        "size-illegal", .data,
        "\(width)×\(height) is not a legal size for \(model.family); "
          + "nearest: \(legal.width)×\(legal.height) (multiples of \(multiple))",
        hint: "--size \(legal)")
    }
  }
}

extension SweepRequest {
  /// Refuses a picture size that a model cannot make, with its place in a file.
  ///
  /// - Throws: `size-illegal` with the nearest legal size.
  public func checkSize(_ model: ModelFacts) throws(EditError) {
    try located("size") { () throws(EditError) in try pictureSize(model).check(model) }
  }

  /// The size of a model's pictures: the one that is asked for, else the model's own.
  public func pictureSize(_ model: ModelFacts) -> PictureSize {
    size ?? PictureSize(width: model.defaultWidth, height: model.defaultHeight)
  }
}
