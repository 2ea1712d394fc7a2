import Layers
import Tensors

/// What running a model at one picture size takes, found by running its code on shapes alone.
public struct ModelEstimate: Sendable, Hashable {
  /// Numbers of all weights.
  public var weightCount: Int
  /// Bytes of all weights where they are stored in float32, in the layouts that products read.
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
  /// Estimates for pictures of `height` × `width` pixels, both legal (`precondition`).
  public func estimate(height: Int, width: Int) throws -> ModelEstimate {
    precondition(isLegal(side: height) && isLegal(side: width), "\(height) × \(width) is not legal")
    let backend = ShapeBackend()
    let weights = ShapeWeights(backend: backend)
    let model = try StableDiffusionModel(self, backend: backend) { _ in weights }
    let latents = backend.upload([], shape: latentShape(height: height, width: width))
    let context = model.encode(Array(repeating: 0, count: textLength))
    let encodeMultiplyAdds = backend.multiplyAdds
    let lane = LaneContext(conditional: context, unconditional: context)
    let before = backend.liveBytes

    backend.restart()
    let denoiser = try model.denoiser(.ddim, steps: 1, guidanceScale: 2)
    var runs = [DenoisingRun(latents: latents)]
    let evaluations = denoiser.advance(&runs, contexts: [lane])
    let (multiplyAdds, laneBytes) = (backend.multiplyAdds / evaluations, backend.peakBytes - before)

    backend.restart()
    _ = model.decode(latents)
    return ModelEstimate(
      weightCount: backend.weightCount, weightBytes: backend.weightBytes, laneBytes: laneBytes,
      decodeBytes: backend.peakBytes - before, multiplyAdds: multiplyAdds,
      decodeMultiplyAdds: backend.multiplyAdds, encodeMultiplyAdds: encodeMultiplyAdds)
  }
}

/// Weights of the shapes that are asked for, without a file.
struct ShapeWeights: Weights {
  let backend: ShapeBackend

  func tensor(_ path: String, _ shape: [Int], _ role: WeightRole) throws -> Tensor {
    backend.weight(
      UnsafeRawBufferPointer(start: nil, count: 0), shape: shape, element: .f32, role: role)
  }
}
