import Layers
import Tensors

extension StableDiffusionModel {
  /// What the noise model predicts, found by trying it where nothing says so.
  ///
  /// At the noisiest timestep a sample is nearly all noise: a model of the noise gives about the sample
  /// back, and one of the velocity about the data's opposite, which is far below it.
  func prediction() -> SchedulerConfig.Prediction {
    let side = 1 << (description.geometry.levels - 1)
    func halves(_ shape: [Int]) -> Tensor {
      backend.upload([Float](repeating: 0.5, count: shape.reduce(1, *)), shape: shape)
    }
    let sample = halves([1, unet.config.inChannels, side, side])
    let output = unet(
      sample, timestep: Float(description.scheduler.trainTimesteps - 1),
      context: [TextStates(halves([2, unet.config.crossAttentionDim]))],
      Pass(
        backend: backend, position: PassPosition(pass: 0, step: 0),
        rows: [Row(lane: 0, branch: .conditional)], control: nil))
    let change = backend.download(backend.combine([(1, output), (-1, sample)]))
    let mean = change.reduce(0, +) / Float(change.count)
    return mean < -1 ? .velocity : .epsilon
  }
}
