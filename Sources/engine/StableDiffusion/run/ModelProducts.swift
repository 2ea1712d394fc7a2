public import Tensors

extension ModelDescription {
  /// The sizes of all matrix products that pictures of `height` × `width` pixels take, found by running
  /// the model's code on shapes alone: the prompt's, an evaluation's, the decoder's and, for
  /// photographs, the encoder's. The size is legal (`precondition`).
  public func products(height: Int, width: Int) throws -> Set<ProductShape> {
    let shapes = try ShapeRun(self, height: height, width: width)
    _ = try shapes.step()
    shapes.decode()
    let picture = shapes.backend.upload([], shape: [3, height, width])
    _ = try AutoencoderKLEncoder(shapes.weights, vae).encode(picture, on: shapes.backend)
    return shapes.backend.products
  }
}
