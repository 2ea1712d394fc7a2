public import Tensors

/// The sinusoids of a timestep (Vaswani et al. 2017, §3.5), without weights.
public struct Timesteps: Sendable {
  let channels: Int
  let flipSinToCos: Bool
  let shift: Float

  /// `channels` sinusoids, cosines first where `flipSinToCos`; `shift` is diffusers' `freq_shift`.
  public init(_ channels: Int, flipSinToCos: Bool, shift: Float) {
    precondition(channels % 2 == 0, "\(channels) sinusoids are not pairs")
    (self.channels, self.flipSinToCos, self.shift) = (channels, flipSinToCos, shift)
  }

  /// A timestep → (1, channels).
  ///
  /// Frequencies and angles round to float32, as the models were trained with; the functions are our
  /// own, so that every machine finds the same bits.
  public func callAsFunction(_ timestep: Float, on backend: any Backend) -> Tensor {
    backend.upload(sinusoids(timestep), shape: [1, channels])
  }

  /// Several numbers, one after the other → (1, count · channels).
  public func callAsFunction(_ numbers: [Float], on backend: any Backend) -> Tensor {
    backend.upload(numbers.flatMap(sinusoids), shape: [1, numbers.count * channels])
  }

  private func sinusoids(_ timestep: Float) -> [Float] {
    let half = channels / 2
    let angles = (0..<half).map { index in
      let exponent = Float(-Elementary.ln10000) * Float(index) / (Float(half) - shift)
      return Double(timestep * Float(Elementary.exp(Double(exponent))))
    }
    let (sines, cosines) = (angles.map { Elementary.sin($0) }, angles.map { Elementary.cos($0) })
    return (flipSinToCos ? cosines + sines : sines + cosines).map { Float($0) }
  }
}

/// Two linear layers that make a timestep's embedding from its sinusoids.
public struct TimestepEmbedding: Sendable {
  let linear1: Linear
  let linear2: Linear

  /// Loads `path.linear_1` and `path.linear_2`; throws what `weights` throws.
  public init(_ weights: any Weights, _ path: String, _ inputs: Int, _ outputs: Int) throws {
    linear1 = try Linear(weights, "\(path).linear_1", inputs, outputs)
    linear2 = try Linear(weights, "\(path).linear_2", outputs, outputs)
  }

  /// (n, inputs) → (n, outputs).
  public func callAsFunction(_ x: Tensor, on backend: any Backend) -> Tensor {
    let hidden = backend.activate(linear1(x, on: backend), .silu)  // (n, outputs)
    return linear2(hidden, on: backend)  // (n, outputs)
  }
}
