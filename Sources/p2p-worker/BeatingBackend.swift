import Tensors

/// Passes every operation on to another backend, after a heartbeat: a long step, load or decode is
/// heard of from inside, by the thread that computes it.
final class BeatingBackend: Backend {
  private let base: any Backend
  private let heart: Heartbeat

  init(_ base: any Backend, _ heart: Heartbeat) { (self.base, self.heart) = (base, heart) }

  private var beating: any Backend {
    heart.beat()
    return base
  }

  var fingerprint: String { base.fingerprint }
  func upload(_ values: [Float], shape: [Int]) -> Tensor { base.upload(values, shape: shape) }
  func upload(_ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType) -> Tensor {
    base.upload(bytes, shape: shape, element: element)
  }
  func weight(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType, role: WeightRole
  ) -> Tensor {
    beating.weight(bytes, shape: shape, element: element, role: role)
  }
  func download(_ x: Tensor) -> [Float] { base.download(x) }
  func withBytes<Result>(
    of x: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try base.withBytes(of: x, body)
  }

  func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    beating.linear(x, weight, bias: bias)
  }
  func conv2d(_ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int) -> Tensor {
    beating.conv2d(x, weight, bias: bias, stride: stride, padding: padding)
  }
  func groupNorm(
    _ x: Tensor, groups: Int, _ gain: Tensor, _ shift: Tensor, eps: Float, thenSiLU: Bool
  ) -> Tensor {
    beating.groupNorm(x, groups: groups, gain, shift, eps: eps, thenSiLU: thenSiLU)
  }
  func layerNorm(_ x: Tensor, _ gain: Tensor, _ shift: Tensor, eps: Float) -> Tensor {
    base.layerNorm(x, gain, shift, eps: eps)
  }
  func activate(_ x: Tensor, _ function: Activation) -> Tensor { base.activate(x, function) }
  func geglu(_ x: Tensor) -> Tensor { base.geglu(x) }
  func add(_ x: Tensor, _ y: Tensor) -> Tensor { base.add(x, y) }
  func addToChannels(_ x: Tensor, _ vector: Tensor) -> Tensor { base.addToChannels(x, vector) }
  func combine(_ terms: [(Float, Tensor)]) -> Tensor { base.combine(terms) }
  func select(_ mask: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor { base.select(mask, x, y) }
  func concatChannels(_ x: Tensor, _ y: Tensor) -> Tensor { base.concatChannels(x, y) }
  func concatRows(_ parts: [Tensor]) -> Tensor { base.concatRows(parts) }
  func upsampleNearest(_ x: Tensor) -> Tensor { base.upsampleNearest(x) }
  func channelsLast(_ x: Tensor) -> Tensor { base.channelsLast(x) }
  func channelsFirst(_ x: Tensor) -> Tensor { base.channelsFirst(x) }
  func embed(_ ids: [[Int]], _ table: Tensor) -> Tensor { base.embed(ids, table) }
  func cast(_ x: Tensor, to element: ElementType) -> Tensor { base.cast(x, to: element) }
  func attention(
    _ rows: [AttentionRow], queries: Int, heads: Int, causal: Bool,
    visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) -> Tensor {
    beating.attention(rows, queries: queries, heads: heads, causal: causal) { row, map in
      heart.beat()
      return visit(row, map)
    }
  }
  func composeMap(source: Tensor?, own: Tensor?, columns: [MapColumn]) -> Tensor {
    base.composeMap(source: source, own: own, columns: columns)
  }
  func headMean(_ map: Tensor) -> Tensor { base.headMean(map) }
  func allFinite(_ x: Tensor) -> Bool { base.allFinite(x) }
}
