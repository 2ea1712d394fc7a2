import Foundation

/// How far a variant is from its source: numbers that need no judge but arithmetic.
///
/// Functions of the variant's key; every number has six significant digits. What does not apply is
/// absent: there is no inside where nothing is masked.
public struct Measures: Sendable, Hashable, Codable {
  /// A ratio in decibels; the one of equal pictures is infinite, which JSON writes as `"inf"`.
  public struct Decibels: Sendable, Hashable, Codable {
    /// The ratio.
    public let value: Double

    /// Takes a ratio, rounded to six significant digits.
    public init(_ value: Double) { self.value = Measures.rounded(value) }

    /// Reads a number or `"inf"`.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        value = number
      } else if try container.decode(String.self) == "inf" {
        value = .infinity
      } else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "neither a number nor inf")
      }
    }

    /// Writes a number or `"inf"`.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if value.isFinite {
        try container.encode(value)
      } else {
        try container.encode("inf")
      }
    }
  }

  /// Peak signal-to-noise ratio of the whole picture against the source's.
  public var psnr: Decibels?
  /// Structural similarity of the whole picture to the source's, 1 for equal ones.
  public var ssim: Double?
  /// `psnr` inside the mask: where the edit is meant to act.
  public var psnrInside: Decibels?
  /// `psnr` outside the mask: what was to be left alone.
  public var psnrOutside: Decibels?
  /// `ssim` inside the mask.
  public var ssimInside: Double?
  /// `ssim` outside the mask.
  public var ssimOutside: Double?
  /// Root of the mean squared difference of the final latents.
  public var latentDistance: Double
  /// Half the mean difference of the mean maps, see `MapDivergence`.
  public var mapDivergence: Double
  /// The share of the picture inside the mask, 0…1; the mask is the blend's last one, else the place
  /// of the edited words.
  public var maskArea: Double?
  /// Columns of maps that were taken from the source, over all passes and sites.
  public var injected: Int

  private enum CodingKeys: String, CodingKey {
    case psnr, ssim, injected
    case psnrInside = "psnr_inside"
    case psnrOutside = "psnr_outside"
    case ssimInside = "ssim_inside"
    case ssimOutside = "ssim_outside"
    case latentDistance = "latent_distance"
    case mapDivergence = "map_divergence"
    case maskArea = "mask_area"
  }

  /// Takes what the trajectories say, rounded to six significant digits.
  public init(latentDistance: Double, mapDivergence: Double, injected: Int) {
    self.latentDistance = Self.rounded(latentDistance)
    self.mapDivergence = Self.rounded(mapDivergence)
    self.injected = injected
  }

  /// A number with six significant digits, so that the last bit of a sum or of a logarithm, which
  /// may differ between machines, is not written.
  public static func rounded(_ value: Double) -> Double {
    guard value.isFinite, value != 0 else { return value + 0 }
    return Double(String(format: "%.5e", value)) ?? value
  }
}
