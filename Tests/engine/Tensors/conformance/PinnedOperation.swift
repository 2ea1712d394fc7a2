import EditJobs
import Foundation
import StableDiffusion
import Tensors

/// One operation over fixed numbers, large enough that every written boundary of its sums is met.
struct PinnedOperation: Sendable {
  let name: String
  /// Where the operation's arithmetic is.
  let place: String
  let make: @Sendable (any Backend) throws -> [Float]

  init(
    _ name: String, in place: String, _ make: @escaping @Sendable (any Backend) throws -> [Float]
  ) {
    (self.name, self.place, self.make) = (name, place, make)
  }

  /// The first sixteen digits of the SHA-256 of what comes out.
  func hash(on backend: any Backend) throws -> String {
    let bytes = try make(backend).flatMap {
      withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init)
    }
    return String(Digest(of: bytes).description.prefix(16))
  }

  static let all = products + sums + elementwise + maps + samplers

  private static func product(
    _ name: String, in place: String = "product.c", _ input: [Int], _ weight: [Int],
    _ role: WeightRole, _ element: ElementType = .f32, stride: Int = 1, padding: Int = 0
  ) -> PinnedOperation {
    PinnedOperation(name, in: place) { backend in
      let x = backend.made(input)
      let weights = backend.cast(backend.made(weight, seed: 3), to: element)
      let w = backend.withBytes(of: weights) {
        backend.weight($0, shape: weight, element: element, role: role)
      }
      let bias = backend.made([weight[0]])
      return backend.download(
        weight.count == 2
          ? backend.linear(x, w, bias: bias)
          : backend.conv2d(x, w, bias: bias, stride: stride, padding: padding))
    }
  }

  /// Those that multiply matrices: with factors rounded to bfloat16 they have rows of their own.
  static let products = [
    product("product of float32", [1, 21, 2_100], [70, 2_100], .linear),
    product("product of float16", [1, 21, 2_100], [70, 2_100], .linear, .f16),
    product("convolution", [1, 6, 5, 130], [24, 130, 3, 3], .convolution, padding: 1),
    product(
      "strided convolution", [1, 9, 9, 12], [33, 12, 3, 3], .resizingConvolution, stride: 2,
      padding: 1),
    product(
      "Winograd's tiles", in: "winograd.c", [1, 7, 6, 40], [64, 40, 3, 3], .convolution,
      padding: 1),
  ]

  private static let sums = [
    PinnedOperation("softmax of attention", in: "softmax.c") { backend in
      backend.download(
        backend.attention(
          backend.made([1, 40, 16], seed: 1), backend.made([1, 1_100, 16], seed: 2),
          backend.made([1, 1_100, 16], seed: 3), heads: 2, causal: false))
    },
    PinnedOperation("causal softmax", in: "softmax.c") { backend in
      let x = backend.made([1, 77, 32])
      return backend.download(backend.attention(x, x, x, heads: 4, causal: true))
    },
    PinnedOperation("rounded attention", in: "softmax.c") { backend in
      let demand = MapDemand(use: .none, rounded: true)
      return backend.download(
        backend.attention(
          backend.made([1, 64, 24], seed: 1), backend.made([1, 77, 24], seed: 2),
          backend.made([1, 77, 24], seed: 3), heads: 3, causal: false, demands: [demand],
          visit: { _, _ in nil }))
    },
    PinnedOperation("group norm", in: "norms.c") { backend in
      // 65 chunks of positions, so that two levels are joined.
      backend.download(
        backend.groupNorm(
          backend.made([1, 4_100, 24]), groups: 4, backend.made([24]), backend.made([24], seed: 5),
          eps: 1e-5, thenSiLU: true))
    },
    PinnedOperation("layer norm", in: "norms.c") { backend in
      backend.download(
        backend.layerNorm(
          backend.made([5, 330]), backend.made([330]), backend.made([330], seed: 5), eps: 1e-5))
    },
  ]

  private static let elementwise =
    [Activation.silu, .gelu, .quickGELU].map { function in
      PinnedOperation(function.rawValue, in: "elementwise.c, vector.h") { backend in
        let x = backend.combine([(9, backend.made([1_000]))])
        return backend.download(backend.activate(x, function))
      }
    } + [
      PinnedOperation("geglu", in: "elementwise.c") { backend in
        backend.download(backend.geglu(backend.combine([(5, backend.made([7, 100]))])))
      },
      PinnedOperation("weighted sum", in: "elementwise.c") { backend in
        backend.download(
          backend.combine([
            (0.3, backend.made([500], seed: 1)), (-1.7, backend.made([500], seed: 2)),
            (0.11, backend.made([500], seed: 3)),
          ]))
      },
      PinnedOperation("noise of a seed", in: "TorchRandom.swift") { _ in
        var random = TorchRandom(seed: 11)
        return random.normal(1_024)
      },
    ]

  private static let maps = [
    PinnedOperation("composed maps", in: "maps.c") { backend in
      backend.download(
        backend.composeMap(
          source: backend.made([2, 9, 5], seed: 1), own: backend.made([2, 9, 4], seed: 2),
          columns: [
            MapColumn(
              shares: [.init(token: 1, share: 0.4), .init(token: 3, share: 0.6)], factor: 1),
            MapColumn(shares: nil, factor: -2.5), MapColumn(shares: [], factor: 1),
            MapColumn(shares: [.init(token: 4, share: 1)], factor: 1.3),
          ]))
    },
    PinnedOperation("mean of heads", in: "maps.c") { backend in
      backend.download(backend.headMean(backend.made([5, 33, 20])))
    },
  ]

  private static let samplers = SamplerKind.allCases.map { name in
    PinnedOperation("sampler \(name.rawValue)", in: "StableDiffusion/sampling") { backend in
      let sampler = try name.make(steps: 5, SamplerFacts.schedule())
      let shape = [4, 3, 5]
      var (state, x, all) = (SamplerState(), noise(shape, 1, on: backend), [Float]())
      for pass in sampler.passes.indices {
        all += backend.download(sampler.modelInput(x, pass: pass, on: backend))
        let output = noise(shape, UInt64(pass + 2), on: backend)
        x = sampler.advance(x, output: output, pass: pass, &state, on: backend)
        all += backend.download(x)
      }
      return all
    }
  }
}
