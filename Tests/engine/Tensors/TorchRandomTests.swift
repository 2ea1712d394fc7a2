import Safetensors
import Tensors
import Testing

/// Noise agrees with what PyTorch drew on a CPU.
struct TorchRandomTests {
  @Test func everyGoldenSample() throws {
    let golden = try Golden("rng")
    #expect(golden.file.names.count >= 12)
    for key in golden.file.names {
      let (shape, expected) = try golden(key)
      let seed = try #require(UInt64(key.prefix { $0 != "/" }))
      var random = TorchRandom(seed: seed)
      let found = random.normal(shape.reduce(1, *))
      try #require(found.count == expected.count)
      for (index, (a, b)) in zip(found, expected).enumerated()
      where !(abs(a - b) <= 1e-6 * max(1, abs(b))) {
        Issue.record("\(key)[\(index)]: \(a) instead of \(b)")
        break
      }
    }
  }

  @Test func onlyTheLowHalfOfASeedCounts() {
    var (a, b) = (TorchRandom(seed: 5), TorchRandom(seed: 5 + 1 << 32))
    #expect(a.normal(40) == b.normal(40))
  }

  @Test func pairsGoOnAcrossCalls() {
    // Below sixteen numbers the second half of a pair waits for the next call.
    var (whole, parts) = (TorchRandom(seed: 3), TorchRandom(seed: 3))
    #expect(whole.normal(6) == parts.normal(1) + parts.normal(2) + parts.normal(3))
  }

  @Test func tailIsDrawnAnew() {
    var (blocks, tail) = (TorchRandom(seed: 9), TorchRandom(seed: 9))
    let (exact, longer) = (blocks.normal(32), tail.normal(37))
    #expect(exact[..<21] == longer[..<21])
    #expect(exact[21...] != longer[21..<32])
  }
}
