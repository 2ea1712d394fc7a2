/// `unet/config.json`: the shape of a UNet2DConditionModel, with diffusers' defaults.
public struct UNetConfig: Sendable, Hashable {
  /// What stands between the way down and the way up.
  public enum MidBlock: String, Sendable, Hashable, CaseIterable {
    /// A residual block, attention and another residual block.
    case attends = "UNetMidBlock2DCrossAttn"
    /// One residual block.
    case residual = "UNetMidBlock2D"
    /// Nothing, as in models that were made smaller; the config says null.
    case none
  }

  /// Side of the latents that the model was trained for.
  public var sampleSize: Int
  /// Channels of the latents.
  public var inChannels: Int
  /// Channels of the model's output.
  public var outChannels: Int
  /// Channels of each level, finest first.
  public var blockOutChannels: [Int]
  /// Whether each level of the way down attends to the text.
  public var downAttends: [Bool]
  /// Whether each level of the way up attends to the text, coarsest first.
  public var upAttends: [Bool]
  /// Residual blocks of each level on the way down; one more on the way up.
  public var layersPerBlock: [Int]
  /// What stands between the two ways.
  public var midBlock: MidBlock
  /// Transformer blocks of each attention layer on the way down, of each level.
  public var downTransformerLayers: [[Int]]
  /// Transformer blocks of the middle's attention layer.
  public var midTransformerLayers: Int
  /// Transformer blocks of each attention layer on the way up, of each level, coarsest first.
  public var upTransformerLayers: [[Int]]
  /// Heads of each level's attention. Diffusers calls the number `attention_head_dim`.
  public var heads: [Int]
  /// Channels of the text's hidden states.
  public var crossAttentionDim: Int
  /// Groups of the group norms.
  public var normGroups: Int
  /// Added to variances.
  public var normEps: Float
  /// Whether cosines come first in the timestep's sinusoids.
  public var flipSinToCos: Bool
  /// `freq_shift` of the timestep's sinusoids.
  public var freqShift: Float
  /// Whether `proj_in` and `proj_out` are stored as linear layers, as since version 2.
  public var useLinearProjection: Bool

  /// What the model is told beside the text; `nil` where it is nothing.
  public var addition: UNetAddition?

  /// Channels of the timestep's embedding.
  public var timeChannels: Int { 4 * blockOutChannels[0] }

  /// What of the file is not obeyed, a sentence each, for whoever asks for pictures.
  public private(set) var notes: [String] = []

  /// Reads the config at `path` of a pipeline; throws `ModelError`, also for kinds of UNet that are not
  /// run.
  public init(path: String, of pipeline: ModelIndex) throws {
    try self.init(ConfigFile(path), pipeline)
  }

  init(_ file: ConfigFile, _ pipeline: ModelIndex) throws {
    try Self.refuseOtherKinds(file)
    (sampleSize, notes) = try Self.sampleSize(file, pipeline)
    inChannels = try file.count("in_channels", 4)
    outChannels = try file.count("out_channels", 4)
    blockOutChannels = try file.channels("block_out_channels", [320, 640, 1280, 1280])
    let levels = blockOutChannels.count
    downAttends = try Self.attends(
      file, "down_block_types", "DownBlock2D", levels,
      Array(repeating: "CrossAttnDownBlock2D", count: 3) + ["DownBlock2D"])
    upAttends = try Self.attends(
      file, "up_block_types", "UpBlock2D", levels,
      ["UpBlock2D"] + Array(repeating: "CrossAttnUpBlock2D", count: 3))
    midBlock = try Self.midBlock(file)
    layersPerBlock = try file.perLevel(
      "layers_per_block", 2, levels: levels, upTo: ConfigFile.mostLayers)
    heads = try file.perLevel(Self.headsField(file), 8, levels: levels)
    let blocks = UNetLevels(
      file, downAttends: downAttends, upAttends: upAttends, midAttends: midBlock == .attends,
      layersPerBlock: layersPerBlock)
    try blocks.refuseSelfAttentionToText()
    crossAttentionDim = try blocks.contextChannels()
    (downTransformerLayers, midTransformerLayers, upTransformerLayers) =
      try blocks.transformerLayers()
    normGroups = try file.count("norm_num_groups", 32)
    normEps = try file.number("norm_eps", 1e-5)
    flipSinToCos = try file("flip_sin_to_cos", true)
    freqShift = try file.number("freq_shift", 0)
    useLinearProjection = try file("use_linear_projection", false)
    addition = try UNetAddition(file)
    try check(file)
  }

  private static func headsField(_ file: ConfigFile) -> String {
    file.has("num_attention_heads") ? "num_attention_heads" : "attention_head_dim"
  }

  /// Null is no middle at all, and not the same as a field that is absent.
  private static func midBlock(_ file: ConfigFile) throws -> MidBlock {
    guard !file.isNull("mid_block_type") else { return .none }
    let name = try file("mid_block_type", MidBlock.attends.rawValue)
    guard let block = MidBlock(rawValue: name), block != .none else {
      throw file.unsupported("mid_block_type", "the block \(name) is not supported")
    }
    return block
  }

  private static func attends(
    _ file: ConfigFile, _ field: String, _ plain: String, _ levels: Int, _ fallback: [String]
  ) throws -> [Bool] {
    let types = try file(field, fallback)
    guard types.count == levels else {
      throw file.wrong(field, "\(types.count) blocks for \(levels) levels of block_out_channels")
    }
    return try types.map {
      // What diffusers takes for the same names.
      let name = $0.hasPrefix("UNetRes") ? String($0.dropFirst(7)) : $0
      guard name == plain || name == "CrossAttn\(plain)" else {
        throw file.unsupported(field, "the block \($0) is not supported")
      }
      return name != plain
    }
  }

  private func check(_ file: ConfigFile) throws {
    guard inChannels == outChannels else {
      throw file.unsupported(
        "out_channels", "\(outChannels) output and \(inChannels) input channels are not supported")
    }
    guard downAttends.contains(true) || upAttends.contains(true) else {
      throw file.unsupported("down_block_types", "no level attends to the text")
    }
    for (channels, heads) in zip(blockOutChannels, heads) {
      guard channels % normGroups == 0 else {
        throw file.wrong("norm_num_groups", "\(channels) channels are no \(normGroups) groups")
      }
      guard channels % heads == 0, channels % 2 == 0 else {
        throw file.wrong(Self.headsField(file), "\(channels) channels are no \(heads) heads")
      }
    }
  }
}
