public import EditJobs
public import Layers

/// Which blocks a UNet has, which attention sites lie in them, and how large their maps are.
///
/// Known from the config alone; the UNet itself is built by the same list.
public struct UNetGeometry: Sendable, Hashable {
  /// One level of the way down or up, or the middle.
  struct Block: Sendable, Hashable {
    var stage: AttentionSite.Stage
    /// Its number within its stage.
    var index: Int
    /// How often the latents have been halved there.
    var level: Int
    /// Channels of its output.
    var channels: Int
    /// Input channels of each residual block, those from the way down included.
    var resnetInputs: [Int]
    /// The sites of each attention layer; empty where it does not attend.
    var attentions: [[AttentionSitePair]]
    /// Heads of its attention.
    var heads: Int
    /// Whether it ends by halving or doubling the feature map.
    var resamples: Bool
  }

  let down: [Block]
  /// `nil` where the model has no middle.
  let mid: Block?
  let up: [Block]
  /// Levels of the way down.
  public let levels: Int

  /// Lays out the blocks of `config`.
  public init(_ config: UNetConfig) {
    levels = config.blockOutChannels.count
    let last = levels - 1
    var sites = SiteCounter(stage: .down)
    var input = config.blockOutChannels[0]
    down = (0...last).map { i in
      let (channels, count) = (config.blockOutChannels[i], config.layersPerBlock[i])
      defer { input = channels }
      return Block(
        stage: .down, index: i, level: i, channels: channels,
        resnetInputs: [input] + Array(repeating: channels, count: count - 1),
        attentions: config.downAttends[i]
          ? sites.take(config.downTransformerLayers[i]) : [],
        heads: config.heads[i], resamples: i < last)
    }
    sites = SiteCounter(stage: .mid)
    let attends = config.midBlock == .attends
    mid =
      config.midBlock == .none
      ? nil
      : Block(
        stage: .mid, index: 0, level: last, channels: input,
        resnetInputs: Array(repeating: input, count: attends ? 2 : 1),
        attentions: attends ? sites.take([config.midTransformerLayers]) : [],
        heads: config.heads[last], resamples: false)
    sites = SiteCounter(stage: .up)
    up = (0...last).map { i in
      let level = last - i
      let (channels, count) = (config.blockOutChannels[level], config.layersPerBlock[level] + 1)
      // What the way down left at each residual block: its own level's channels, the last time the
      // finer level's, from before the halving.
      let below = config.blockOutChannels[max(level - 1, 0)]
      let inputs = (0..<count).map { j in
        (j == 0 ? input : channels) + (j == count - 1 ? below : channels)
      }
      input = channels
      return Block(
        stage: .up, index: i, level: level, channels: channels, resnetInputs: inputs,
        attentions: config.upAttends[i]
          ? sites.take(config.upTransformerLayers[i]) : [],
        heads: config.heads[level], resamples: i < last)
    }
  }

  /// Every attention site in call order, with the size of its map.
  ///
  /// `height` and `width` are the latent's; they divide by 2^(levels − 1). `textLength` counts tokens.
  public func sites(
    height: Int, width: Int, textLength: Int
  ) -> [(site: AttentionSite, size: AttentionMapSize)] {
    (down + [mid].compactMap(\.self) + up).flatMap { block in
      let (rows, columns) = (height >> block.level, width >> block.level)
      return block.attentions.joined().flatMap { pair in
        [(pair.selfAttention, rows * columns), (pair.cross, textLength)].map { site, keys in
          (site, AttentionMapSize(rows: rows, columns: columns, heads: block.heads, keys: keys))
        }
      }
    }
  }

  /// The control resolution at a latent's size: the coarsest cross-attention resolution of the ways
  /// down and up whose shorter side is at least 12, the finest one if none is.
  ///
  /// Local blend and mean maps read that resolution; self-attention sites with at most as many
  /// queries are injectable.
  public func controlResolution(latentHeight: Int, latentWidth: Int) -> FeatureSize {
    let levels = (down + up).filter { !$0.attentions.isEmpty }.map(\.level)
    let coarse = levels.filter { min(latentHeight >> $0, latentWidth >> $0) >= 12 }.max()
    let level = coarse ?? levels.min() ?? 0
    return FeatureSize(rows: latentHeight >> level, columns: latentWidth >> level)
  }
}

/// Hands out the sites of a stage in call order.
private struct SiteCounter {
  let stage: AttentionSite.Stage
  var next = 0

  init(stage: AttentionSite.Stage) { self.stage = stage }

  /// The sites of layers with so many transformer blocks each.
  mutating func take(_ layers: [Int]) -> [[AttentionSitePair]] {
    layers.map { blocks in
      (0..<blocks).map { _ in
        defer { next += 1 }
        return AttentionSitePair(stage: stage, index: next)
      }
    }
  }
}
