import CPUBackend
import Tensors
import Testing

/// Loops over threads end, whatever their size and whoever runs them.
struct WorkerThreadTests {
  @Test func manyShortLoops() {
    // More threads than cores, sleeping and waking: each product is just large enough to be shared.
    let backend = CPUBackend(threads: 5)
    let (x, w) = (backend.made([4, 64, 48]), backend.made([48, 48], .linear))
    let expected = backend.download(backend.linear(x, w, bias: nil))
    for turn in 0..<2_000 {
      let found = backend.download(backend.linear(x, w, bias: nil))
      if found != expected {
        expectSameBits(found, expected, "turn \(turn)")
        return
      }
    }
  }

  @Test func callersFromSeveralTasks() async {
    let backend = CPUBackend(threads: 3)
    let expected = Self.product(backend)
    await withTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 { group.addTask { Self.product(backend) } }
      for await found in group { expectSameBits(found, expected, "shared backend") }
    }
  }

  @Test func backendsComeAndGo() {
    for count in 1...20 { _ = Self.product(CPUBackend(threads: count % 4 + 1)) }
  }

  private static func product(_ backend: CPUBackend) -> [Float] {
    let x = backend.made([3, 300, 40])
    return backend.download(backend.linear(x, backend.made([50, 40], .linear), bias: nil))
  }
}
