/// The state of a run after some passes, in plain numbers.
public struct TrajectoryRecord: Sendable, Hashable {
  /// A named tensor of a sampler.
  public struct NamedTensor: Sendable, Hashable {
    /// Length of each axis.
    public var shape: [Int]
    /// The numbers, row-major.
    public var values: [Float]

    /// Makes a tensor.
    public init(shape: [Int], values: [Float]) { (self.shape, self.values) = (shape, values) }
  }

  /// Passes that are done; 0 is the noise. A photograph's inversion comes before, from its latents at
  /// −S to the noise at 0.
  public var pass: Int
  /// (channels, height, width), row-major.
  public var latents: [Float]
  /// (tokens, rows, columns): the sum over complete steps of the conditional branch's cross maps after
  /// editing, mean over heads and the sites of the control resolution.
  public var sums: [Float]
  /// Maps injected in this record's pass, per site of the header.
  public var injected: [UInt32]
  /// The sampler's numbers.
  public var counters: [String: Int]
  /// The sampler's tensors.
  public var tensors: [String: NamedTensor]

  /// Makes a record.
  public init(
    pass: Int, latents: [Float], sums: [Float], injected: [UInt32], counters: [String: Int] = [:],
    tensors: [String: NamedTensor] = [:]
  ) {
    (self.pass, self.latents, self.sums) = (pass, latents, sums)
    (self.injected, self.counters, self.tensors) = (injected, counters, tensors)
  }
}
