import EditJobs
import Foundation
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

/// A picture's latents, inverted and edited, against PyTorch's: `Fixtures/goldens/inversion`.
@Suite(.serialized) struct InversionGoldens {
  private struct Case: Decodable {
    var model: String
    var prompt: String
    var edit: String
    var steps: Int
    var tau: [Double]
    var guidance: Double
  }

  private let test: Case
  private let golden: Golden

  init() throws {
    let data = try Data(contentsOf: URL(filePath: fixture("goldens/inversion.json")))
    test = try JSONDecoder().decode(Case.self, from: data)
    golden = try Golden("goldens/inversion")
  }

  @Test(arguments: InversionKind.allCases)
  func sourceAndEditOfEveryStep(_ kind: InversionKind) throws {
    let rig = try EditRig(
      test.model, prompt: test.prompt, steps: test.steps, guidance: test.guidance, maps: .f32,
      photograph: Photograph(image: Digest(of: []), inversion: kind))
    let source = try rig.runPhotograph(golden("image_latent").values)
    try compare(source.inversion.map(\.latents), "inverted", rig)

    try compare(source.run.records.map(\.latents), "\(kind.rawValue)/source", rig)
    let spec = EditSpec(
      prompt: test.edit, tau: Window(from: .fraction(test.tau[0]), to: .fraction(test.tau[1])))
    let variant = try rig.runVariants([rig.resolved(spec)], of: source)[0]
    #expect(variant.injected > 0)
    try compare(variant.records.map(\.latents), "\(kind.rawValue)/edited", rig)
  }

  /// Every step within 3e-4 of the standard deviation of the row's last latents.
  private func compare(_ found: [[Float]], _ name: String, _ rig: EditRig) throws {
    let (shape, expected) = try golden(name)
    #expect(shape == [test.steps + 1] + rig.setting.latentShape)
    #expect(found.count == test.steps + 1)
    let count = rig.setting.latentShape.reduce(1, *)
    for (step, latents) in found.enumerated() {
      expectClose(
        latents, Array(expected[step * count..<(step + 1) * count]),
        tolerance: 3e-4 * deviation(expected.suffix(count)), "\(name), step \(step)")
    }
  }

  private func deviation(_ values: ArraySlice<Float>) -> Float {
    let mean = values.reduce(0, +) / Float(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Float(values.count)).squareRoot()
  }
}

/// The autoencoder's other half against PyTorch's.
@Suite struct EncoderGoldens {
  @Test(arguments: ["tiny-sd1", "tiny-sd2", "tiny-sdxl"], TestedBackend.all)
  func meanOfThePosterior(_ name: String, _ backend: TestedBackend) throws {
    let rig = try EditRig(name, backend: backend.make())
    let golden = try Golden("goldens/\(name)-networks")
    let image = try golden("vae/encode/image")
    let latents = try rig.setting.model.loadEncoder().encode(
      rig.setting.backend.upload(image.values, shape: image.shape), on: rig.setting.backend)
    let expected = try golden("vae/encode/latent")
    #expect(latents.shape == expected.shape)
    expectClose(
      rig.setting.backend.download(latents), expected.values, ofLargest: 1e-4, "\(name), latents")
  }
}
