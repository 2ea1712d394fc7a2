import Foundation

/// Whether an edit happened, and only where it should: how near a variant is to the plain re-prompt
/// inside the mask, and to its source outside it.
public struct Nearness: Sendable, Hashable {
  /// Peak signal-to-noise ratio against the re-prompt inside the mask, in decibels.
  public let inside: Double
  /// The same against the source outside the mask.
  public let outside: Double

  /// Where both are known.
  public init?(inside: Double?, outside: Double?) {
    guard let inside, let outside else { return nil }
    (self.inside, self.outside) = (inside, outside)
  }

  /// As good as the weaker side: a copy of the source is far from the re-prompt, and the re-prompt is far
  /// from the source.
  public var least: Double { min(inside, outside) }

  /// `edit 18.2 dB, rest 25.1 dB`.
  public var sentence: String { "edit \(Self.text(inside)), rest \(Self.text(outside))" }

  /// Decibels as people read them.
  static func text(_ ratio: Double) -> String {
    ratio.isFinite ? String(format: "%.1f dB", ratio) : "equal"
  }
}
