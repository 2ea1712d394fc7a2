import EditJobs
import Layers
public import Tensors

/// What running a model at one picture size takes, found by running its code on shapes alone.
public struct ModelEstimate: Sendable, Hashable {
  /// Numbers of all weights.
  public var weightCount: Int
  /// Bytes of all weights where they are stored in float32, in the layouts that a device reads.
  public var weightBytes: Int
  /// The most bytes that the tensors of one lane with both branches hold, weights apart.
  public var laneBytes: Int
  /// The most bytes that decoding one picture holds, weights apart.
  public var decodeBytes: Int
  /// Multiply-adds of one evaluation of the noise model.
  public var multiplyAdds: Int
  /// Multiply-adds of decoding one picture.
  public var decodeMultiplyAdds: Int
  /// Multiply-adds of encoding one prompt.
  public var encodeMultiplyAdds: Int
}

extension ModelDescription {
  /// Estimates for pictures of `height` × `width` pixels, both legal (`precondition`), with weights in
  /// the layouts of a device.
  public func estimate(height: Int, width: Int, on device: any Device) throws -> ModelEstimate {
    let shapes = try ShapeRun(self, height: height, width: width, weightsOn: device)
    let backend = shapes.backend
    let encodeMultiplyAdds = backend.multiplyAdds
    let before = backend.liveBytes

    backend.restart()
    let evaluations = try shapes.step()
    let (multiplyAdds, laneBytes) = (backend.multiplyAdds / evaluations, backend.peakBytes - before)

    backend.restart()
    shapes.decode()
    return ModelEstimate(
      weightCount: backend.weightCount, weightBytes: backend.weightBytes, laneBytes: laneBytes,
      decodeBytes: backend.peakBytes - before, multiplyAdds: multiplyAdds,
      decodeMultiplyAdds: backend.multiplyAdds, encodeMultiplyAdds: encodeMultiplyAdds)
  }
}

/// A model's code on shapes alone, for one picture size; the prompt is encoded already.
struct ShapeRun {
  let backend: ShapeBackend
  let weights: ShapeWeights
  private let model: StableDiffusionModel
  private let latents: Tensor
  private let lane: LaneContext

  /// The size is legal (`precondition`).
  init(
    _ description: ModelDescription, height: Int, width: Int, weightsOn device: (any Device)? = nil
  ) throws {
    precondition(
      description.isLegal(side: height) && description.isLegal(side: width),
      "\(height) × \(width) is not legal")
    let backend = ShapeBackend(weightsOn: device)
    let weights = ShapeWeights(backend: backend)
    (self.backend, self.weights) = (backend, weights)
    model = try StableDiffusionModel(description, backend: backend) { _ in weights }
    latents = backend.upload([], shape: description.latentShape(height: height, width: width))
    let context = model.encode(Array(repeating: 0, count: description.textLength))
    lane = LaneContext(conditional: context, unconditional: context)
  }

  /// One guided step of one lane; its evaluations.
  func step() throws -> Int {
    var runs = [DenoisingRun(latents: latents)]
    return try model.denoiser(.ddim, steps: 1, guidanceScale: 2).advance(&runs, contexts: [lane])
  }

  /// Decodes the latents.
  func decode() { _ = model.decode(latents) }
}

/// Weights of the shapes that are asked for, without a file.
struct ShapeWeights: Weights {
  let backend: ShapeBackend

  func tensor(_ path: String, _ shape: [Int], _ role: WeightRole) throws -> Tensor {
    backend.weight(
      UnsafeRawBufferPointer(start: nil, count: 0), shape: shape, element: .f32, role: role)
  }
}
