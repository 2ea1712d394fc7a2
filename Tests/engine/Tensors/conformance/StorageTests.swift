import Tensors
import Testing

/// Numbers go in and come out as they were, in every element type.
@Suite(.everyDevice) struct StorageTests {
  let backend = TestedDevice.current.device(threads: 1)
  let values: [Float] = [
    0, -0.0, 1, -2.5, 65504, 65519.996, 65520, 1e-8, 5.96e-8, 2.98e-8, 2.9802326e-8, 6.1e-5,
    -6.1e-5,
    .infinity, -.infinity, 0.1, 1 / 3, 2049, 2051, 1e30,
  ]

  @Test func everyHalfIsWidenedExactly() {
    let halves = (UInt16.min...UInt16.max).map { Float16(bitPattern: $0) }
    let x = halves.withUnsafeBytes { backend.upload($0, shape: [65536], element: .f16) }
    #expect(x.element == .f16)
    for (half, found) in zip(halves, backend.download(x)) where !half.isNaN {
      #expect(found.bitPattern == Float(half).bitPattern, "\(half)")
    }
    let back = backend.cast(backend.cast(x, to: .f32), to: .f16)
    backend.withBytes(of: back) { bytes in
      for (half, found) in zip(halves, bytes.bindMemory(to: UInt16.self)) where !half.isNaN {
        #expect(found == half.bitPattern, "\(half)")
      }
    }
  }

  @Test func numbersAreRoundedToTheNearestEvenHalf() {
    var numbers = TestNumbers(seed: 3)
    let many =
      values + numbers.next(40_000).map { $0 * 0x1p-10 } + numbers.next(40_000).map { $0 * 3e5 }
    let x = backend.cast(backend.upload(many, shape: [many.count]), to: .f16)
    expectSameBits(backend.download(x), many.map { Float(Float16($0)) }, "float16")
  }

  @Test func bfloatBecomesFloat() {
    let stored = values.map { UInt16(truncatingIfNeeded: $0.bitPattern >> 16) }
    let x = stored.withUnsafeBytes { backend.upload($0, shape: [values.count], element: .bf16) }
    #expect(x.element == .f32)
    expectSameBits(
      backend.download(x), stored.map { Float(bitPattern: UInt32($0) << 16) }, "bfloat16")
  }

  @Test func floatsAreRoundedToTheNearestEvenBfloat() {
    let found = backend.download(backend.cast(backend.upload(values, shape: [20]), to: .bf16))
    let expected = values.map { value -> Float in
      let bits = value.bitPattern
      let rounded = value.isFinite ? bits &+ 0x7fff &+ (bits >> 16 & 1) : bits
      return Float(bitPattern: rounded & 0xffff_0000)
    }
    expectSameBits(found, expected, "bfloat16")
  }

  @Test func checkpointsOfEveryTypeGiveTheSameLayer() {
    // Small whole numbers are exact in all three types.
    let whole = (0..<4 * 3 * 9).map { Float($0 % 17 - 8) }
    let picture = backend.made([1, 5, 6, 3])
    func convolved(_ element: ElementType) -> [Float] {
      let bytes: [UInt8] =
        switch element {
        case .f32: whole.withUnsafeBytes { Array($0) }
        case .f16: whole.map { Float16($0) }.withUnsafeBytes { Array($0) }
        case .bf16:
          whole.map { UInt16($0.bitPattern >> 16) }.withUnsafeBytes { Array($0) }
        }
      let weight = bytes.withUnsafeBytes {
        backend.weight($0, shape: [4, 3, 3, 3], element: element, role: .convolution)
      }
      #expect(weight.shape == [4, 3, 3, 3])
      return backend.download(backend.conv2d(picture, weight, bias: nil, stride: 1, padding: 1))
    }
    let expected = convolved(.f32)
    expectSameBits(convolved(.f16), expected, "float16")
    expectSameBits(convolved(.bf16), expected, "bfloat16")
  }

  /// Widening is exact, and where a sum is cut does not depend on how its weights are stored.
  @Test(arguments: [ElementType.f16, .bf16])
  func narrowWeightsGiveTheBitsOfWideOnes(_ element: ElementType) {
    var random = TestNumbers(seed: 8)
    let sizes: [(shape: [Int], role: WeightRole, input: [Int])] = [
      ([70, 1_100], .linear, [2, 300, 1_100]),
      ([40, 130, 3, 3], .resizingConvolution, [2, 9, 31, 130]),
      ([33, 64, 3, 3], .convolution, [1, 12, 7, 64]),
      ([400, 24, 1, 1], .convolution, [2, 5, 6, 24]),
    ]
    for (shape, role, input) in sizes {
      let numbers = random.next(shape.reduce(1, *))
      let narrow = numbers.map { element == .f16 ? Float(Float16($0)) : $0.bfloat }
      let stored = numbers.map {
        element == .f16 ? Float16($0).bitPattern : UInt16($0.bfloat.bitPattern >> 16)
      }
      let x = backend.made(input)
      let results = [
        narrow.withUnsafeBytes { backend.weight($0, shape: shape, element: .f32, role: role) },
        stored.withUnsafeBytes { backend.weight($0, shape: shape, element: element, role: role) },
      ].map { weight in
        shape.count == 2
          ? backend.linear(x, weight, bias: nil)
          : backend.conv2d(x, weight, bias: nil, stride: 1, padding: shape[2] / 2)
      }
      expectSameBits(backend.download(results[1]), backend.download(results[0]), "\(shape)")
    }
  }

  /// What a weight would take is what it takes, whatever its layout.
  @Test(arguments: [ElementType.f32, .f16, .bf16]) func weightsTakeWhatIsSaid(
    _ element: ElementType
  ) {
    let weights: [(shape: [Int], role: WeightRole)] = [
      ([70], .plain), ([33, 5], .linear), ([40, 32, 3, 3], .convolution),
      ([40, 32, 3, 3], .resizingConvolution), ([9, 7, 1, 1], .convolution),
    ]
    for (shape, role) in weights {
      let (before, count) = (backend.weightBytes, shape.reduce(element.byteCount, *))
      let weight = [UInt8](repeating: 0, count: count).withUnsafeBytes {
        backend.weight($0, shape: shape, element: element, role: role)
      }
      let said = backend.bytes(ofWeight: shape, element: element, role: role)
      withExtendedLifetime(weight) { #expect(backend.weightBytes - before == said, "\(shape)") }
    }
  }

  @Test func viewsSeeTheirPart() {
    let x = backend.upload((0..<24).map(Float.init), shape: [4, 3, 2])
    let view = x.rows(1..<3).reshaped([3, 4])
    #expect(backend.download(view) == (6..<18).map(Float.init))
    #expect(backend.download(view.rows(2..<3)) == [14, 15, 16, 17])
    backend.withBytes(of: view) { #expect($0.count == 48 && $0.load(as: Float.self) == 6) }
  }

  @Test func aTensorOutlivesTheNextOnes() {
    // Memory is handed out again only when nobody holds it.
    let first = backend.made([1000])
    let values = backend.download(first)
    for seed in 0..<20 { _ = backend.add(backend.made([1000], seed: seed), first) }
    expectSameBits(backend.download(first), values, "held tensor")
    backend.trim()
    expectSameBits(backend.download(first), values, "held tensor")
  }

  @Test func aSteadyStepTakesNoMemory() {
    let backend = TestedDevice.current.device(threads: 2)
    let weight = backend.made([40, 24, 3, 3], .convolution)
    func step() {
      var x = backend.made([3, 16, 12, 24])
      x = backend.conv2d(x, weight, bias: nil, stride: 1, padding: 1)
      x = backend.groupNorm(
        x, groups: 4, backend.made([40]), backend.made([40]), eps: 1e-5, thenSiLU: true)
      let rows = x.reshaped([3, 192, 40])
      _ = backend.attention(
        rows, rows, rows, heads: 4, causal: false,
        demands: [.none, .read, .rewrite].map { MapDemand(use: $0, rounded: true) }
      ) { _, map in map.map { backend.cast($0, to: .f32) } }
    }
    for _ in 0..<3 { step() }
    let held = backend.heldBytes
    #expect(held > 0)
    for _ in 0..<10 { step() }
    #expect(backend.heldBytes == held)
    backend.trim()
    #expect(backend.heldBytes < held)
  }
}
