/// The size of one matrix product of a model, of one row of a batch.
public enum ProductShape: Hashable, Sendable {
  /// A linear layer of so many positions.
  case linear(positions: Int, inputs: Int, outputs: Int)
  /// A convolution of a picture (height, width, inputs) with a square kernel.
  case convolution(
    height: Int, width: Int, inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int)
  /// Attention, scores and mixture; its channels are shared out among the heads.
  case attention(queries: Int, tokens: Int, channels: Int, heads: Int, causal: Bool)
}
