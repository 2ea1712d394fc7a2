/// What a UNet is told beside the text: the pooled prompt and sizes (Podell et al. 2023, §2.2).
public struct UNetAddition: Sendable, Hashable {
  /// Numbers about sizes: height and width of the original, top and left of the crop, height and
  /// width of the target.
  public static let sizes = 6

  /// Channels of the sinusoids of one number.
  public var sizeChannels: Int
  /// Channels of the pooled prompt and of all sinusoids.
  public var channels: Int

  /// Channels of the pooled prompt.
  public var pooledChannels: Int { channels - Self.sizes * sizeChannels }

  /// Reads `addition_embed_type` and what belongs to it; `nil` where the config has none.
  init?(_ file: ConfigFile) throws {
    guard let type = try file.optional("addition_embed_type", as: String.self) else { return nil }
    guard type == "text_time" else {
      throw file.unsupported("addition_embed_type", "\(type) is not supported, only text_time")
    }
    sizeChannels = try file.count("addition_time_embed_dim", 256)
    channels = try file.count("projection_class_embeddings_input_dim", 2816)
    guard sizeChannels % 2 == 0 else {
      throw file.wrong("addition_time_embed_dim", "\(sizeChannels) sinusoids are not pairs")
    }
    guard pooledChannels > 0 else {
      throw file.wrong(
        "projection_class_embeddings_input_dim",
        "\(channels), and \(Self.sizes) sizes alone take \(Self.sizes * sizeChannels)")
    }
  }
}
