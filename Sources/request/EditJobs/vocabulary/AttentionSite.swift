/// Names one attention layer of a UNet, e.g. `down.1.cross`.
///
/// The index counts in call order within stage and kind, over all transformer blocks. Files and people
/// have it as text, which is read here and nowhere else.
public struct AttentionSite: Hashable, Sendable, LosslessStringConvertible {
  /// The part of the UNet.
  public enum Stage: String, Codable, Sendable, CaseIterable { case down, mid, up }
  /// What the layer attends to.
  public enum Kind: String, Codable, Sendable, CaseIterable { case selfAttention = "self", cross }

  /// The part of the UNet that holds the layer.
  public var stage: Stage
  /// The layer's number within its stage and kind, from 0.
  public var index: Int
  /// What the layer attends to.
  public var kind: Kind

  /// Names a layer.
  public init(stage: Stage, index: Int, kind: Kind) {
    (self.stage, self.index, self.kind) = (stage, index, kind)
  }

  /// Reads `stage.index.kind`; `nil` for other text.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 3, let stage = Stage(rawValue: parts[0]), let index = Int(parts[1]),
      index >= 0,
      let kind = Kind(rawValue: parts[2])
    else { return nil }
    self.init(stage: stage, index: index, kind: kind)
    guard description == text else { return nil }
  }

  /// `stage.index.kind`.
  public var description: String { "\(stage.rawValue).\(index).\(kind.rawValue)" }
}

extension AttentionSite: Codable {
  /// Reads the name as text; throws `DecodingError` for other text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let site = AttentionSite(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not an attention site such as down.1.cross")
    }
    self = site
  }

  /// Writes the name as text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
