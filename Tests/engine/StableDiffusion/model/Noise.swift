import Tensors

/// Numbers that look random, the same on every run: a tensor for tests.
func noise(_ shape: [Int], _ seed: UInt64, on backend: any Backend) -> Tensor {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  let values = (0..<shape.reduce(1, *)).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(1 << 30)
  }
  return backend.upload(values, shape: shape)
}
