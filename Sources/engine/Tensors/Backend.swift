/// How one attention call treats the probabilities of one row of its batch.
public enum MapUse: Sendable, Equatable {
  /// Nobody looks: the map may stay inside the kernel.
  case none
  /// The visitor sees the map; it is used as it is.
  case read
  /// The visitor sees the map and returns the one to use.
  case rewrite
  /// The visitor returns the map to use; the row's own is never computed.
  case supply
}

/// What an attention call does with the map of one row.
public struct MapDemand: Sendable, Equatable {
  /// Who sees or makes the map.
  public var use: MapUse
  /// Whether the row's normalised probabilities are rounded to float16 before anything else happens;
  /// the map is then handed over in float16, which holds every one of them exactly.
  public var rounded: Bool

  /// Makes a demand.
  public init(use: MapUse, rounded: Bool) { (self.use, self.rounded) = (use, rounded) }

  /// How the numbers of the map that a visitor sees are stored.
  public var element: ElementType { rounded ? .f16 : .f32 }
}

/// An elementwise function.
public enum Activation: String, Codable, Sendable {
  /// `x · sigmoid(x)`.
  case silu
  /// `x · Φ(x)`, with the error function.
  case gelu
  /// `x · sigmoid(1.702 x)`, as the first CLIP has it.
  case quickGELU = "quick_gelu"
}

/// What a weight is for, so that a backend may keep it in the layout that its kernel reads.
public enum WeightRole: Sendable {
  /// A vector or table, kept as it is.
  case plain
  /// `(outputs, inputs)`, for `linear`.
  case linear
  /// `(outputs, inputs, height, width)`, for `conv2d` that keeps the size: stride 1, padded by half the
  /// kernel.
  case convolution
  /// `(outputs, inputs, height, width)`, for any other `conv2d`.
  case resizingConvolution
}

/// How one token's column of an edited attention map is made.
public struct MapColumn: Sendable, Equatable {
  /// A token of the source's map and its share.
  public struct Share: Sendable, Equatable {
    /// Token index in the source's map.
    public var token: Int
    /// What its column is multiplied by.
    public var share: Float

    /// Makes a share.
    public init(token: Int, share: Float) { (self.token, self.share) = (token, share) }
  }

  /// The source's columns that are added up, in this order; `nil` takes the row's own column.
  public var shares: [Share]?
  /// The factor of the finished column (1 leaves its bits alone).
  public var factor: Float

  /// Makes a column rule.
  public init(shares: [Share]?, factor: Float) { (self.shares, self.factor) = (shares, factor) }
}

/// Coarse operations on tensors: everything the model code asks of a machine.
///
/// Every method returns a new tensor and leaves its arguments alone. Activations are float32. Shapes
/// are checked by `precondition`: a mismatch is a bug of ours. **A row's bits never depend on the
/// other rows of the batch, on its place among them, or on the number of threads.**
public protocol Backend: AnyObject, Sendable {
  /// Whose kernels compute, without their revision: `portable`, or in native mode the kernels' names.
  var fingerprint: String { get }

  /// Copies float32 numbers in.
  func upload(_ values: [Float], shape: [Int]) -> Tensor
  /// Copies stored numbers in and keeps their element type (`bf16` becomes `f32`).
  func upload(_ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType) -> Tensor
  /// Brings a checkpoint's numbers, of any element type, into the layout that `role` is read in.
  ///
  /// `shape` is the checkpoint's (`(o, i)`, `(o, i, kh, kw)`); the result's shape is too.
  func weight(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType, role: WeightRole
  ) -> Tensor
  /// Copies a tensor's numbers out as float32.
  func download(_ x: Tensor) -> [Float]
  /// Calls `body` with the tensor's bytes, in its own element type.
  func withBytes<Result>(
    of x: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result

  /// `x·Wᵀ + b`: (…, i) → (…, o).
  func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor
  /// Convolution with zero padding on all sides: (n, h, w, i) → (n, h′, w′, o).
  func conv2d(_ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int) -> Tensor
  /// Group normalisation over `(h, w, c / groups)` of each row: (n, h, w, c) or (n, s, c), unchanged.
  func groupNorm(
    _ x: Tensor, groups: Int, _ gain: Tensor, _ shift: Tensor, eps: Float, thenSiLU: Bool
  ) -> Tensor
  /// Layer normalisation over the last axis.
  func layerNorm(_ x: Tensor, _ gain: Tensor, _ shift: Tensor, eps: Float) -> Tensor
  /// An elementwise function.
  func activate(_ x: Tensor, _ function: Activation) -> Tensor
  /// `a · gelu(b)` where the last axis of `x` is `a` then `b`: (…, 2c) → (…, c).
  func geglu(_ x: Tensor) -> Tensor
  /// `x + y`, equal shapes.
  func add(_ x: Tensor, _ y: Tensor) -> Tensor
  /// Adds a vector to every position of a row: (n, h, w, c) + (n, c).
  func addToChannels(_ x: Tensor, _ vector: Tensor) -> Tensor
  /// `Σ cᵢ·xᵢ`, multiplied and added in this order, equal shapes.
  func combine(_ terms: [(Float, Tensor)]) -> Tensor
  /// `mask ? x : y`, number by number, bits untouched: a select, not arithmetic.
  ///
  /// `x` and `y` have equal shapes; `mask` has the last axes of them and serves all before. A mask's
  /// number that is not 0 selects `x`.
  func select(_ mask: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor
  /// Joins along the last axis: (n, h, w, a) and (n, h, w, b) → (n, h, w, a + b).
  func concatChannels(_ x: Tensor, _ y: Tensor) -> Tensor
  /// Joins along the first axis.
  func concatRows(_ parts: [Tensor]) -> Tensor
  /// Doubles height and width by repetition: (n, h, w, c) → (n, 2h, 2w, c).
  func upsampleNearest(_ x: Tensor) -> Tensor
  /// (n, c, h, w) → (n, h, w, c).
  func channelsLast(_ x: Tensor) -> Tensor
  /// (n, h, w, c) → (n, c, h, w).
  func channelsFirst(_ x: Tensor) -> Tensor
  /// Rows of `table` by index: ids of (n, s) → (n, s, c).
  func embed(_ ids: [[Int]], _ table: Tensor) -> Tensor
  /// The same numbers in another element type.
  func cast(_ x: Tensor, to element: ElementType) -> Tensor

  /// Multi-head attention, `softmax(QKᵀ·d^-½)·V`, of n rows with `queries` queries each → (n, s, c).
  ///
  /// Where a row's demand is not `.none`, `visit` is called once for it, on the calling thread, in
  /// order of rows: with the row's map (heads, s, t), in float16 where the demand is rounded and else
  /// in float32, or with `nil` for `.supply`; it returns the map to multiply with V (float32, or
  /// float16 whose values are used exactly), or `nil` to use the row's own. Whether a map is looked at
  /// does not change a bit of the result. `causal` hides tokens after the query's position.
  func attention(
    _ rows: [AttentionRow], queries: Int, heads: Int, causal: Bool,
    visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) -> Tensor
  /// Builds an edited map column by column: each is `factor · (Σ share·source column, or own column)`.
  ///
  /// `source` (heads, queries, tokens), float32 or float16; `own` is needed where a column takes it;
  /// → float32 (heads, queries, columns.count). A single share of 1 and a factor of 1 copy exactly.
  func composeMap(source: Tensor?, own: Tensor?, columns: [MapColumn]) -> Tensor
  /// The mean over heads, transposed: (heads, queries, tokens), float32 or float16 → (tokens, queries).
  func headMean(_ map: Tensor) -> Tensor
  /// Whether every number is finite.
  func allFinite(_ x: Tensor) -> Bool
}
