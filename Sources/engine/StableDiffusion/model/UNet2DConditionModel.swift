public import Layers
public import Tensors

/// The noise model of Stable Diffusion (Rombach et al. 2022), a UNet that attends to text.
///
/// Attention layers are named sites; see `AttentionControl`.
public struct UNet2DConditionModel: Sendable {
  /// The config it was built from.
  public let config: UNetConfig
  /// Its blocks and sites.
  public let geometry: UNetGeometry
  let timeProj: Timesteps
  let timeEmbedding: TimestepEmbedding
  let addEmbedding: AdditionEmbedding?
  let convIn: Conv2d
  let downBlocks: [UNetBlock]
  let midBlock: UNetBlock?
  let upBlocks: [UNetBlock]
  let convNormOut: GroupNorm
  let convOut: Conv2d

  /// Loads the model that `config` describes; throws what `weights` throws.
  public init(_ weights: any Weights, _ config: UNetConfig) throws {
    self.config = config
    let geometry = UNetGeometry(config)
    let channels = config.blockOutChannels[0]
    timeProj = Timesteps(
      channels, flipSinToCos: config.flipSinToCos, shift: config.freqShift)
    timeEmbedding = try TimestepEmbedding(
      weights, "time_embedding", channels, config.timeChannels)
    addEmbedding = try config.addition.map {
      try AdditionEmbedding(weights, "add_embedding", config, $0)
    }
    convIn = try Conv2d(weights, "conv_in", config.inChannels, channels)
    downBlocks = try geometry.down.map {
      try UNetBlock(weights, "down_blocks.\($0.index)", $0, config)
    }
    midBlock = try geometry.mid.map { try UNetBlock(weights, "mid_block", $0, config) }
    upBlocks = try geometry.up.map {
      try UNetBlock(weights, "up_blocks.\($0.index)", $0, config)
    }
    convNormOut = try GroupNorm(
      weights, "conv_norm_out", channels, groups: config.normGroups, eps: config.normEps)
    convOut = try Conv2d(weights, "conv_out", channels, config.outChannels)
    self.geometry = geometry
  }

  /// latents (n, C, h, w) at one timestep, with a text for each row → the prediction (n, C, h, w).
  ///
  /// h and w divide by 2^(levels − 1). `pass.rows` names the n rows in order. `sizes` is there
  /// where the config has an `addition`: height and width of the original, top and left of the crop,
  /// height and width of the target, in pixels.
  public func callAsFunction(
    _ latents: Tensor, timestep: Float, context: [TextStates], sizes: [Float]? = nil, _ pass: Pass
  ) -> Tensor {
    precondition(
      latents.shape[0] == pass.rows.count && context.count == pass.rows.count,
      "latents \(latents.shape) and \(context.count) texts for \(pass.rows.count) rows")
    let backend = pass.backend
    let time = timeEmbedding(timestep, context, sizes, on: backend)  // (1, 4c) or (n, 4c)
    var x = convIn(backend.channelsLast(latents), on: backend)  // (n, h, w, c)
    var skips = [x]
    for block in downBlocks {
      x = block.down(x, time: time, context: context, skips: &skips, pass)  // halved by each
    }
    if let midBlock {
      x = midBlock.mid(x, time: time, context: context, pass)  // (n, h / 2^l, w / 2^l, c_l)
    }
    for block in upBlocks {
      x = block.up(x, time: time, context: context, skips: &skips, pass)  // doubled by each
    }
    x = convNormOut(x, thenSiLU: true, on: backend)  // (n, h, w, c)
    return backend.channelsFirst(convOut(x, on: backend))  // (n, C, h, w)
  }

  /// The timestep's embedding as every residual block wants it: one for all rows (1, 4c), or one for
  /// each (n, 4c) where rows are told different things beside their text.
  private func timeEmbedding(
    _ timestep: Float, _ texts: [TextStates], _ sizes: [Float]?, on backend: any Backend
  ) -> Tensor {
    precondition((sizes == nil) == (addEmbedding == nil), "sizes are for models that want them")
    var embedding = timeEmbedding(timeProj(timestep, on: backend), on: backend)  // (1, 4c)
    if let sizes, let addEmbedding {
      let extra = addEmbedding(texts, sizes: sizes, on: backend)  // (n, 4c)
      let copies = Array(repeating: embedding, count: extra.shape[0])
      embedding = backend.add(backend.concatRows(copies), extra)  // (n, 4c)
    }
    return backend.activate(embedding, .silu)
  }
}
