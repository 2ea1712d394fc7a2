public import EditJobs

/// The names of the two attention layers of one transformer block.
public struct AttentionSitePair: Hashable, Sendable {
  /// The layer that attends to the feature map.
  public var selfAttention: AttentionSite
  /// The layer that attends to the text.
  public var cross: AttentionSite

  /// The pair of transformer block `index` of a stage, counted over all blocks of the stage.
  public init(stage: AttentionSite.Stage, index: Int) {
    selfAttention = AttentionSite(stage: stage, index: index, kind: .selfAttention)
    cross = AttentionSite(stage: stage, index: index, kind: .cross)
  }
}
