/// `vae/config.json`: the shape of an AutoencoderKL, with diffusers' defaults.
public struct VAEConfig: Sendable, Hashable {
  /// Channels of the latents.
  public var latentChannels: Int
  /// Channels of the picture.
  public var outChannels: Int
  /// Channels of each level, finest first.
  public var blockOutChannels: [Int]
  /// Residual blocks of each level of the encoder; the decoder has one more.
  public var layersPerBlock: Int
  /// Groups of the group norms.
  public var normGroups: Int
  /// What the UNet's latents are divided by before decoding.
  public var scalingFactor: Float
  /// Whether a 1×1 convolution stands before the decoder.
  public var usePostQuantConv: Bool
  /// Whether a 1×1 convolution stands after the encoder.
  public var useQuantConv: Bool
  /// Whether the middle block attends.
  public var midBlockAttends: Bool

  /// Pixels that one latent position covers on each side.
  public var factor: Int { 1 << (blockOutChannels.count - 1) }

  /// Reads the config at `path`; throws `ModelError`, also for kinds of VAE that are not run.
  public init(path: String) throws { try self.init(ConfigFile(path)) }

  init(_ file: ConfigFile) throws {
    try file.require("_class_name", "AutoencoderKL")
    try file.require("act_fn", "silu")
    for name in ["latents_mean", "latents_std", "shift_factor"] { try file.requireAbsent(name) }
    latentChannels = try file.count("latent_channels", 4)
    outChannels = try file.count("out_channels", 3)
    guard outChannels == 3 else {
      throw file.unsupported("out_channels", "pictures of \(outChannels) channels")
    }
    blockOutChannels = try file.channels("block_out_channels", [64])
    let types = try file(
      "up_block_types",
      Array(repeating: "UpDecoderBlock2D", count: blockOutChannels.count))
    guard types.count == blockOutChannels.count else {
      throw file.wrong(
        "up_block_types", "\(types.count) blocks for \(blockOutChannels.count) levels")
    }
    if let other = types.first(where: { $0 != "UpDecoderBlock2D" }) {
      throw file.unsupported("up_block_types", "the block \(other) is not supported")
    }
    layersPerBlock = try file.count("layers_per_block", 1, upTo: ConfigFile.mostLayers)
    normGroups = try file.count("norm_num_groups", 32)
    if let channels = blockOutChannels.first(where: { [normGroups] in $0 % normGroups != 0 }) {
      throw file.wrong("norm_num_groups", "\(channels) channels are no \(normGroups) groups")
    }
    scalingFactor = try file.number("scaling_factor", 0.18215)
    guard scalingFactor > 0 else {
      throw file.wrong("scaling_factor", "\(scalingFactor) is no positive number")
    }
    // Null is no more than false, as in Python.
    func isOn(_ name: String) throws -> Bool { try !file.isNull(name) && file(name, true) }
    usePostQuantConv = try isOn("use_post_quant_conv")
    useQuantConv = try isOn("use_quant_conv")
    midBlockAttends = try isOn("mid_block_add_attention")
  }
}
