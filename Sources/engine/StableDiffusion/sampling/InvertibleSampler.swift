public import Tensors

/// A sampler that can be run backwards, from a picture's latents to noise from which they come back.
public protocol InvertibleSampler: Sampler {
  /// The sample before `pass`, from the one after it and the model's output; same shapes.
  ///
  /// The output is the model's for the sample after the pass, at the pass' timestep: the step before
  /// cannot be known, and neighbours are near.
  func invert(_ sample: Tensor, output: Tensor, pass: Int, on backend: any Backend) -> Tensor
}
