/// What `p2p-worker inspect` says of a model: enough to check and estimate without loading it.
public struct ModelFacts: Codable, Sendable, Hashable {
  /// One attention layer at the inspected size.
  public struct Site: Codable, Sendable, Hashable {
    /// Which layer it is.
    public var name: AttentionSite
    /// Rows of its feature map.
    public var rows: Int
    /// Columns of its feature map.
    public var columns: Int
    /// Attention heads.
    public var heads: Int
    /// Keys: text tokens, or rows × columns.
    public var keys: Int

    /// Makes a site.
    public init(name: AttentionSite, rows: Int, columns: Int, heads: Int, keys: Int) {
      (self.name, self.rows, self.columns) = (name, rows, columns)
      (self.heads, self.keys) = (heads, keys)
    }
  }

  /// The hash of the model's files.
  public var digest: Digest
  /// `sd1`, `sd2` or `sdxl`.
  public var family: String
  /// Sides are multiples of this many pixels.
  public var sizeMultiple: Int
  /// Channels of the latents.
  public var latentChannels: Int
  /// Pixels a latent position covers on each side.
  public var vaeFactor: Int
  /// The size that the model was trained for.
  public var defaultWidth: Int
  /// The size that the model was trained for.
  public var defaultHeight: Int
  /// The size that `sites` and the estimates are for.
  public var width: Int
  /// The size that `sites` and the estimates are for.
  public var height: Int
  /// Tokens of the text encoder's window, BOS and EOS included.
  public var textLength: Int
  /// The attention layers in call order.
  public var sites: [Site]
  /// Rows of the control resolution.
  public var controlRows: Int
  /// Columns of the control resolution.
  public var controlColumns: Int
  /// Memory of one lane while it runs, in bytes.
  public var laneBytes: Int64
  /// Memory of the weights, in bytes.
  public var weightBytes: Int64
  /// Memory that decoding one picture takes, in bytes; `nil` in facts that an older
  /// program wrote.
  public var decodeBytes: Int64?
  /// Bytes of a source's stored maps, one pass, in float16.
  public var mapBytesPerPass: Int64
  /// Multiply-adds of one evaluation.
  public var multiplyAdds: Int64
  /// The numbers of steps that each sampler can make, by the sampler's name, as half-open ranges;
  /// `nil` in facts that an older program wrote.
  public var possibleSteps: [String: [StepWindow]]?
  /// Folder of the (first) tokenizer.
  public var tokenizer: String
  /// Folders of further text encoders' tokenizers; `nil` where there is one.
  public var moreTokenizers: [String]?
  /// What of the model's configs is not obeyed, a sentence each with its file and field; `nil` in facts
  /// that an older program wrote.
  public var notes: [String]?

  /// Makes facts.
  public init(
    digest: Digest, family: String, sizeMultiple: Int, latentChannels: Int, vaeFactor: Int,
    defaultWidth: Int, defaultHeight: Int, width: Int, height: Int, textLength: Int, sites: [Site],
    controlRows: Int,
    controlColumns: Int, laneBytes: Int64, weightBytes: Int64, mapBytesPerPass: Int64,
    multiplyAdds: Int64, tokenizer: String, moreTokenizers: [String]? = nil,
    decodeBytes: Int64? = nil, possibleSteps: [String: [StepWindow]]? = nil,
    notes: [String]? = nil
  ) {
    (self.digest, self.family, self.sizeMultiple) = (digest, family, sizeMultiple)
    self.latentChannels = latentChannels
    (self.vaeFactor, self.defaultWidth, self.defaultHeight) = (
      vaeFactor, defaultWidth, defaultHeight
    )
    (self.width, self.height, self.textLength, self.sites) = (width, height, textLength, sites)
    (self.controlRows, self.controlColumns) = (controlRows, controlColumns)
    (self.laneBytes, self.weightBytes) = (laneBytes, weightBytes)
    (self.mapBytesPerPass, self.multiplyAdds) = (mapBytesPerPass, multiplyAdds)
    (self.tokenizer, self.moreTokenizers) = (tokenizer, moreTokenizers)
    (self.decodeBytes, self.possibleSteps, self.notes) = (decodeBytes, possibleSteps, notes)
  }
}
