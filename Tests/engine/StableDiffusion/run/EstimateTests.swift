import CPUBackend
import Foundation
import Layers
import StableDiffusion
import Tensors
import Testing

/// Estimates from configs alone.
@Suite struct EstimateTests {
  @Test func version1HasItsPublishedNumberOfWeights() throws {
    let folder = try PublishedModel.version1.folder()
    let model = try ModelDescription(folder: folder.path)
    let estimate = try model.estimate(height: 512, width: 512, on: TestedDevice.plan)
    #expect(estimate.weightCount == PublishedModel.version1.weightCount)
    #expect(estimate.multiplyAdds > 300_000_000_000 && estimate.multiplyAdds < 500_000_000_000)
    #expect(estimate.laneBytes > 10 << 20 && estimate.decodeBytes > estimate.laneBytes)
    #expect(model.family == "sd1" && model.sizeMultiple == 64)
    let sites = model.geometry.sites(height: 64, width: 64, textLength: model.textLength)
    #expect(sites.count == 32)
    let control = model.geometry.controlResolution(latentHeight: 64, latentWidth: 64)
    #expect(control.rows == 16 && control.columns == 16)
  }

  /// What is said of a model's weights without reading a number is what they take when they are.
  @Test(.everyDevice, arguments: ["tiny-sd1", "tiny-sdxl"])
  func weightsTakeWhatTheirShapesSay(_ name: String) throws {
    try Self.expectSameWeights(name, on: TestedDevice.current.device(threads: 1))
  }

  /// The same where a device keeps fewer bytes than the checkpoint has.
  @Test(
    .enabled(if: ProductPrecision.bf16.isAvailable, "this CPU has no AVX512-BF16"),
    arguments: ["tiny-sd1", "tiny-sdxl"])
  func narrowWeightsTakeWhatTheirShapesSay(_ name: String) throws {
    try Self.expectSameWeights(name, on: CPUBackend(threads: 1, products: .bf16))
  }

  private static func expectSameWeights(_ name: String, on device: any Device) throws {
    let shapes = ShapeBackend(weightsOn: device)
    let models = try [shapes, device].map { (backend: any Backend) in
      try StableDiffusionModel(folder: fixture("models/\(name)"), backend: backend)
    }
    withExtendedLifetime(models) {
      #expect(shapes.weightBytes == device.weightBytes && shapes.weightBytes > 0)
    }
  }

  /// Weights that are loaded for a moment, as the encoder is for every photograph, count while they are
  /// there and no longer.
  @Test(.everyDevice) func anEncoderThatIsGoneIsNotCounted() throws {
    let device = TestedDevice.current.device(threads: 1)
    let model = try StableDiffusionModel(folder: fixture("models/tiny-sd1"), backend: device)
    let before = device.weightBytes
    var during: [Int] = []
    for _ in 0..<3 {
      let encoder = try model.loadEncoder()
      withExtendedLifetime(encoder) { during.append(device.weightBytes) }
    }
    #expect(Set(during).count == 1 && during[0] > before)
    #expect(device.weightBytes == before)
  }

  @Test func anEstimateGrowsWithThePicture() throws {
    let model = try ModelDescription(folder: fixture("models/tiny-sd1"))
    let small = try model.estimate(height: 128, width: 128, on: TestedDevice.plan)
    let wide = try model.estimate(height: 128, width: 256, on: TestedDevice.plan)
    #expect(small.weightBytes == wide.weightBytes)
    #expect(wide.laneBytes > 3 * small.laneBytes / 2 && wide.multiplyAdds > 2 * small.multiplyAdds)
  }
}
