public import Layers
public import Tensors

extension Denoiser {
  /// Whether `invert` can be called.
  public var inverts: Bool { sampler is any InvertibleSampler }

  /// Goes one pass back towards the noise (Song et al. 2021, §4.3): latents (C, h, w) of the noise level
  /// where `pass` ends → those of the level where it begins, without guidance.
  ///
  /// The model sees the latents that are there with the timestep that they are brought to. It takes one
  /// evaluation, whose row is `Row(lane: 0, branch: .conditional)`. Only where `inverts`
  /// (`precondition`).
  public func invert(
    _ latents: Tensor, context: TextStates, pass: Int, control: (any AttentionControl)? = nil
  ) -> Tensor {
    guard let sampler = sampler as? any InvertibleSampler else {
      preconditionFailure("the sampler does not invert")
    }
    let output = evaluateConditional(
      [latents], contexts: [context], pass: pass, control: control)[0]
    return sampler.invert(latents, output: output, pass: pass, on: backend)
  }
}
