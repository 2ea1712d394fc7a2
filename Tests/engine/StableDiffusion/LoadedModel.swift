import StableDiffusion
import Tensors

extension StableDiffusionModel {
  /// Loads the model at a location's text.
  init(folder: String, backend: any Backend) throws {
    try self.init(ModelDescription(folder: folder), backend: backend)
  }
}
