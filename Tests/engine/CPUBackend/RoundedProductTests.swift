import CPUBackend
import Foundation
import Layers
import StableDiffusion
import Tensors
import Testing

/// Products whose factors are rounded to bfloat16.
struct RoundedProductTests {
  static let isAvailable = ProductPrecision.bf16.isAvailable

  private static func device(threads: Int) -> any Device {
    CPUBackend(threads: threads, products: .bf16)
  }

  /// Equal bits in any batch, on any number of threads, and close to a reference that rounds the same
  /// factors; tiles round transformed ones, so they are a little further off.
  @Test(
    .enabled(if: isAvailable, "this CPU has no AVX512-BF16"),
    arguments: ProductTests.operations + AttentionTests.operations)
  func laws(_ operation: BatchOperation) {
    OperationLaws.loneliness(operation, on: Self.device)
    OperationLaws.threads(operation, on: Self.device)
    let found = operation(on: Self.device(threads: 2), rows: [4, 1, 2])
    let expected = operation(on: ReferenceBackend(roundsFactors: true), rows: [4, 1, 2])
    for (a, b) in zip(found, expected) { expectClose(a, b, ofLargest: 1e-2, operation.name) }
  }

  @Test(.enabled(if: isAvailable, "this CPU has no AVX512-BF16"))
  func pinnedBits() throws {
    for operation in PinnedOperation.products {
      let name = "\(operation.name), bf16"
      let found = try operation.hash(on: Self.device(threads: 2))
      #expect(
        found == PinnedOperationTests.table[name],
        "\(name) makes other bits than pinned, by product_pairs.c; found\n\(name)  \(found)")
    }
  }

  /// Rounded weights take less, and nothing else of an estimate changes.
  @Test(.enabled(if: isAvailable, "this CPU has no AVX512-BF16"))
  func estimates() throws {
    let model = try ModelDescription(folder: fixture("models/tiny-sd1"))
    var rounded = try model.estimate(height: 128, width: 128, on: Self.device(threads: 1))
    let plain = try model.estimate(height: 128, width: 128, on: TestedDevice.plan)
    #expect(rounded.weightBytes < plain.weightBytes)
    rounded.weightBytes = plain.weightBytes
    #expect(rounded == plain)
    let device = Self.device(threads: 1)
    let shapes = ShapeBackend(weightsOn: device)
    let models = try [shapes, device].map { (backend: any Backend) in
      try StableDiffusionModel(model, backend: backend)
    }
    withExtendedLifetime(models) { #expect(shapes.weightBytes == device.weightBytes) }
  }

  /// How far a noise prediction lies from float32, as a part of its size: by rounding in the reference
  /// on every CPU, and by the CPU's own instruction where it has it.
  @Test(arguments: ["tiny-sd1", "tiny-sd2"])
  func distance(_ name: String) throws {
    let golden = try Golden("goldens/\(name)-networks")
    let model = try #require(NetworkGoldens.models.first { $0.name == name })
    var backends: [(String, any Backend)] = [
      ("reference", ReferenceBackend(roundsFactors: true))
    ]
    if Self.isAvailable { backends.append(("cpu", Self.device(threads: 2))) }
    for (which, backend) in backends {
      let loaded = try StableDiffusionModel(folder: fixture("models/\(name)"), backend: backend)
      let prompts = model.prompts(loaded.description.textLength)
      let context = [prompts[0], prompts[1]].map { loaded.encode($0) }
      let sample = try golden("unet/0/sample")
      let pass = Pass(
        backend: backend, position: PassPosition(pass: 0, step: 0),
        rows: [Row(lane: 0, branch: .unconditional), Row(lane: 0, branch: .conditional)],
        control: nil)
      let output = loaded.unet(
        backend.upload(sample.values, shape: sample.shape),
        timestep: try golden("unet/0/timestep").values[0], context: context, sizes: nil, pass)
      let share = distance(backend.download(output), try golden("unet/0/output").values)
      // 0.0052 and 0.0116 in the reference, 0.0053 and 0.0117 by tiles.
      #expect((1e-3...2e-2).contains(share), "\(which): \(share)")
    }
  }

  /// Root mean square of the difference, as a part of that of `y`.
  private func distance(_ x: [Float], _ y: [Float]) -> Double {
    let square = { (values: [Float]) in values.reduce(0.0) { $0 + Double($1) * Double($1) } }
    return (square(zip(x, y).map { $0 - $1 }) / square(y)).squareRoot()
  }
}
