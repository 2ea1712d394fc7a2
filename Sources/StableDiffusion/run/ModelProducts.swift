public import Tensors

extension ModelDescription {
  /// The sizes of all matrix products that pictures of `height` × `width` pixels take, found by running
  /// the model's code on shapes alone: the prompt's, an evaluation's, the decoder's and, for
  /// photographs, the encoder's. The size is legal (`precondition`).
  public func products(height: Int, width: Int) throws -> Set<ProductShape> {
    precondition(isLegal(side: height) && isLegal(side: width), "\(height) × \(width) is not legal")
    let backend = ShapeBackend()
    let weights = ShapeWeights(backend: backend)
    let model = try StableDiffusionModel(self, backend: backend) { _ in weights }
    let latents = backend.upload([], shape: latentShape(height: height, width: width))
    let context = model.encode(Array(repeating: 0, count: textLength))
    let lane = LaneContext(conditional: context, unconditional: context)
    var runs = [DenoisingRun(latents: latents)]
    _ = try model.denoiser(.ddim, steps: 1, guidanceScale: 2).advance(&runs, contexts: [lane])
    _ = model.decode(latents)
    let picture = backend.upload([], shape: [3, height, width])
    _ = try AutoencoderKLEncoder(weights, vae).encode(picture, on: backend)
    return backend.products
  }
}
