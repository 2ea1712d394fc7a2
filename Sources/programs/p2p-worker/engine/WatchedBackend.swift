import Tensors

/// Sees a model's operations as they are made, on the thread that computes.
protocol BackendWatcher: Sendable {
  /// Makes an operation; `name` says what is done at which shapes, `operations` counts two for each
  /// multiply-add of its products.
  func watch<Result>(
    _ name: @autoclosure () -> String, operations: Int, _ body: () -> Result
  ) -> Result
  /// Work goes on, inside an operation or beside one.
  func beat()
}

extension BackendWatcher {
  /// Makes an operation without products.
  func watch<Result>(_ name: @autoclosure () -> String, _ body: () -> Result) -> Result {
    watch(name(), operations: 0, body)
  }
}

/// Passes every operation on to another backend, under the eyes of a watcher.
final class WatchedBackend: Backend {
  private let base: any Backend
  private let watcher: any BackendWatcher

  init(_ base: any Backend, _ watcher: any BackendWatcher) {
    (self.base, self.watcher) = (base, watcher)
  }

  var fingerprint: String { base.fingerprint }
  func upload(_ values: [Float], shape: [Int]) -> Tensor { base.upload(values, shape: shape) }
  func upload(_ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType) -> Tensor {
    base.upload(bytes, shape: shape, element: element)
  }
  func weight(
    _ bytes: UnsafeRawBufferPointer, shape: [Int], element: ElementType, role: WeightRole
  ) -> Tensor {
    watcher.beat()
    return base.weight(bytes, shape: shape, element: element, role: role)
  }
  func download(_ x: Tensor) -> [Float] { base.download(x) }
  func withBytes<Result>(
    of x: Tensor, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try base.withBytes(of: x, body)
  }

  func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor?) -> Tensor {
    let (inputs, outputs) = (x.shape[x.shape.count - 1], weight.shape[0])
    let rows = x.count / inputs
    return watcher.watch(
      "linear \(inputs) → \(outputs), \(rows) rows", operations: 2 * x.count * outputs
    ) {
      base.linear(x, weight, bias: bias)
    }
  }
  func conv2d(_ x: Tensor, _ weight: Tensor, bias: Tensor?, stride: Int, padding: Int) -> Tensor {
    let (shape, w) = (x.shape, weight.shape)
    let outputs = x.count / shape[3] / (stride * stride)
    let step = stride > 1 ? ", every \(stride)" : ""
    return watcher.watch(
      "conv \(w[2])×\(w[3]) \(w[1]) → \(w[0]), \(shape[0]) × \(shape[1])×\(shape[2])\(step)",
      operations: 2 * outputs * weight.count
    ) { base.conv2d(x, weight, bias: bias, stride: stride, padding: padding) }
  }
  func groupNorm(
    _ x: Tensor, groups: Int, _ gain: Tensor, _ shift: Tensor, eps: Float, thenSiLU: Bool
  ) -> Tensor {
    watcher.watch("group norm") {
      base.groupNorm(x, groups: groups, gain, shift, eps: eps, thenSiLU: thenSiLU)
    }
  }
  func layerNorm(_ x: Tensor, _ gain: Tensor, _ shift: Tensor, eps: Float) -> Tensor {
    watcher.watch("layer norm") { base.layerNorm(x, gain, shift, eps: eps) }
  }
  func activate(_ x: Tensor, _ function: Activation) -> Tensor {
    watcher.watch("\(function)") { base.activate(x, function) }
  }
  func geglu(_ x: Tensor) -> Tensor { watcher.watch("geglu") { base.geglu(x) } }
  func add(_ x: Tensor, _ y: Tensor) -> Tensor { watcher.watch("add") { base.add(x, y) } }
  func addToChannels(_ x: Tensor, _ vector: Tensor) -> Tensor {
    watcher.watch("add to channels") { base.addToChannels(x, vector) }
  }
  func combine(_ terms: [(Float, Tensor)]) -> Tensor {
    watcher.watch("combine") { base.combine(terms) }
  }
  func select(_ mask: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
    watcher.watch("select") { base.select(mask, x, y) }
  }
  func concatChannels(_ x: Tensor, _ y: Tensor) -> Tensor {
    watcher.watch("join channels") { base.concatChannels(x, y) }
  }
  func concatRows(_ parts: [Tensor]) -> Tensor {
    watcher.watch("join rows") { base.concatRows(parts) }
  }
  func upsampleNearest(_ x: Tensor) -> Tensor {
    watcher.watch("upsample") { base.upsampleNearest(x) }
  }
  func channelsLast(_ x: Tensor) -> Tensor {
    watcher.watch("channels last") { base.channelsLast(x) }
  }
  func channelsFirst(_ x: Tensor) -> Tensor {
    watcher.watch("channels first") { base.channelsFirst(x) }
  }
  func embed(_ ids: [[Int]], _ table: Tensor) -> Tensor { base.embed(ids, table) }
  func cast(_ x: Tensor, to element: ElementType) -> Tensor {
    watcher.watch("cast") { base.cast(x, to: element) }
  }
  func attention(
    _ rows: [AttentionRow], queries: Int, heads: Int, causal: Bool,
    visit: (_ row: Int, _ map: Tensor?) -> Tensor?
  ) -> Tensor {
    let (tokens, channels) = (rows[0].value.shape[0], rows[0].value.shape[1])
    return watcher.watch(
      "attention \(queries) × \(tokens), \(heads) heads of \(channels / heads), \(rows.count) rows",
      operations: 4 * rows.count * queries * tokens * channels
    ) {
      base.attention(rows, queries: queries, heads: heads, causal: causal) { row, map in
        watcher.beat()
        return visit(row, map)
      }
    }
  }
  func composeMap(source: Tensor?, own: Tensor?, columns: [MapColumn]) -> Tensor {
    base.composeMap(source: source, own: own, columns: columns)
  }
  func headMean(_ map: Tensor) -> Tensor { base.headMean(map) }
  func allFinite(_ x: Tensor) -> Bool { watcher.watch("all finite") { base.allFinite(x) } }
}
