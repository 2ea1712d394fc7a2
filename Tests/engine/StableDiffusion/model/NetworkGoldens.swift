import Layers
import Safetensors
import StableDiffusion
import Tensors
import Testing

/// The networks against PyTorch's, on every backend.
@Suite struct NetworkGoldens {
  /// A model with golden tensors, and its prompts as tokens.
  struct Model: CustomTestStringConvertible, Sendable {
    let name: String
    let bos: Int
    let eos: Int
    /// The padding of each text encoder.
    let pads: [Int]
    let starPrompt: [Int]
    let blue: Int
    var testDescription: String { name }

    /// "", "a red circle next to a star" and "blue", padded to `length` for each text encoder.
    func prompts(_ length: Int) -> [[[Int]]] {
      [[], starPrompt, [blue]].map {
        let used = [bos] + $0 + [eos]
        return pads.map { used + Array(repeating: $0, count: length - used.count) }
      }
    }
  }

  static let models = [
    Model(
      name: "tiny-sd1", bos: 49406, eos: 49407, pads: [49407],
      starPrompt: [320, 736, 7117, 1131, 531, 320, 1565], blue: 1746),
    Model(
      name: "tiny-sd2", bos: 616, eos: 617, pads: [0],
      starPrompt: [320, 562, 584, 541, 539, 320, 601], blue: 573),
    Model(
      name: "tiny-sdxl", bos: 616, eos: 617, pads: [617, 0],
      starPrompt: [320, 562, 584, 541, 539, 320, 601], blue: 573),
  ]

  @Test(arguments: models, TestedBackend.all)
  func textEncoder(_ model: Model, _ backend: TestedBackend) throws {
    let (loaded, golden) = try load(model, backend)
    for (i, ids) in model.prompts(loaded.description.textLength).enumerated() {
      let (shape, expected) = try golden("text/\(i)/hidden")
      let embedding = loaded.encode(ids)
      let states = embedding.states.unstacked[0]
      #expect(states.shape == shape)
      expectClose(
        loaded.backend.download(states), expected, ofLargest: 1e-4,
        "hidden states of prompt \(i)")
      #expect((embedding.pooled == nil) == (golden.file.entries["text/\(i)/pooled"] == nil))
      guard let pooled = embedding.pooled else { continue }
      expectClose(
        loaded.backend.download(pooled), try golden("text/\(i)/pooled").values, ofLargest: 1e-4,
        "pooled state of prompt \(i)")
    }
  }

  @Test(arguments: models, TestedBackend.all)
  func noiseModel(_ model: Model, _ backend: TestedBackend) throws {
    let (loaded, golden) = try load(model, backend)
    let prompts = model.prompts(loaded.description.textLength)
    let context = [prompts[0], prompts[1]].map { loaded.encode($0) }
    for i in 0..<3 {
      let sample = try golden("unet/\(i)/sample")
      let pass = Pass(
        backend: loaded.backend, position: PassPosition(pass: 0, step: 0),
        rows: [Row(lane: 0, branch: .unconditional), Row(lane: 0, branch: .conditional)],
        control: nil)
      let output = loaded.unet(
        loaded.backend.upload(sample.values, shape: sample.shape),
        timestep: try golden("unet/\(i)/timestep").values[0], context: context,
        sizes: sizes(sample.shape, loaded), pass)
      #expect(output.shape == sample.shape)
      expectClose(
        loaded.backend.download(output), try golden("unet/\(i)/output").values, ofLargest: 1e-4,
        "output \(i)")
    }
  }

  /// What the noise model is told of a whole picture's size.
  private func sizes(_ shape: [Int], _ model: StableDiffusionModel) -> [Float]? {
    guard model.unet.config.addition != nil else { return nil }
    let factor = model.description.vaeFactor
    let (height, width) = (Float(shape[2] * factor), Float(shape[3] * factor))
    return [height, width, 0, 0, height, width]
  }

  @Test(arguments: models, TestedBackend.all)
  func decoder(_ model: Model, _ backend: TestedBackend) throws {
    let (loaded, golden) = try load(model, backend)
    let latent = try golden("vae/latent")
    let (shape, expected) = try golden("vae/image")
    let picture = loaded.decode(loaded.backend.upload(latent.values, shape: latent.shape))
    #expect(picture.shape == shape)
    expectClose(loaded.backend.download(picture), expected, ofLargest: 1e-4, "picture")
  }

  private func load(
    _ model: Model, _ backend: TestedBackend
  ) throws -> (StableDiffusionModel, Golden) {
    let loaded = try StableDiffusionModel(
      folder: fixture("models/\(model.name)"), backend: backend.make())
    return (loaded, try Golden("goldens/\(model.name)-networks"))
  }
}
