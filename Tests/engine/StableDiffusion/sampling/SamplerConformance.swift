import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

/// What holds of every sampler, with outputs made up for it.
@Suite struct SamplerConformance {
  static let spacings = [SchedulerConfig.Spacing.leading, .trailing, .linspace]
  private static let shape = [4, 3, 5]

  /// Equal inputs give equal bits: every pass is made twice, from copies and from what a record keeps,
  /// and the inputs stay as they were.
  @Test(arguments: SamplerKind.allCases, TestedBackend.all)
  func passesArePure(_ name: SamplerKind, _ backend: TestedBackend) throws {
    let backend = backend.make()
    for prediction in [SchedulerConfig.Prediction.epsilon, .velocity] {
      for steps in [1, 2, 3, 7] {
        let schedule = SamplerFacts.schedule(.leading, prediction)
        let sampler = try name.make(steps: steps, schedule)
        let again = try name.make(steps: steps, schedule)
        var (state, x) = (SamplerState(), noise(Self.shape, 1, on: backend))
        for pass in sampler.passes.indices {
          let what = "\(name), \(steps) steps, pass \(pass)"
          let output = noise(Self.shape, UInt64(pass + 2), on: backend)
          let (before, memory) = (backend.download(x), kept(state, backend))
          var (first, second) = (state, restored(state, backend))
          let copy = backend.upload(before, shape: Self.shape)
          let input = sampler.modelInput(x, pass: pass, on: backend)
          let one = sampler.advance(x, output: output, pass: pass, &first, on: backend)
          let two = again.advance(copy, output: output, pass: pass, &second, on: backend)
          expectSameBits(backend.download(one), backend.download(two), what)
          expectSameBits(
            backend.download(again.modelInput(copy, pass: pass, on: backend)),
            backend.download(input), "\(what), the model's input")
          #expect(kept(first, backend) == kept(second, backend), "\(what), the state")
          expectSameBits(backend.download(x), before, "\(what), the sample it was given")
          #expect(kept(state, backend) == memory, "\(what), the state it was given")
          #expect(backend.allFinite(one), "\(what)")
          (state, x) = (first, one)
        }
      }
    }
  }

  /// A model of a single picture knows each sample's noise, which then never changes: every sampler
  /// must walk straight to the picture, in however few steps.
  @Test(arguments: SamplerKind.allCases, [SchedulerConfig.Prediction.epsilon, .velocity])
  func onePictureIsReached(
    _ name: SamplerKind, _ prediction: SchedulerConfig.Prediction
  ) throws {
    let backend = ReferenceBackend()
    // DDIM and PLMS step down by whole strides, as published, which only `leading` places exactly.
    let meetsItself = name == .ddim || name == .pndm
    // PLMS averages the model's outputs as they are, and a velocity changes along the way.
    guard name != .pndm || prediction == .epsilon else { return }
    for spacing in meetsItself ? [.leading] : Self.spacings {
      for steps in [1, 2, 3, 4, 5, 10, 40] {
        let schedule = SamplerFacts.schedule(spacing, prediction)
        let sampler = try name.make(steps: steps, schedule)
        let picture = noise(Self.shape, 9, on: backend)
        let start = noise(Self.shape, 10, on: backend)
        var x = backend.combine([(sampler.initialSigma, start)])
        var (state, seen) = (SamplerState(), x)
        for (pass, place) in sampler.passes.enumerated() {
          let ratio = schedule.sigma(at: place.timestep)
          let signal = 1 / (ratio * ratio + 1).squareRoot()
          let amount = ratio * signal
          let input = sampler.modelInput(x, pass: pass, on: backend)
          seen = backend.combine([(1 / amount, input), (-signal / amount, picture)])
          let output =
            prediction == .epsilon
            ? seen : backend.combine([(signal, seen), (-amount, picture)])
          x = sampler.advance(x, output: output, pass: pass, &state, on: backend)
        }
        // Those two end at the noise of timestep 0.
        let alpha = meetsItself ? schedule.alphasCumprod[0] : 1
        let end = backend.combine([
          (alpha.squareRoot(), picture), ((1 - alpha).squareRoot(), seen),
        ])
        expectClose(
          backend.download(x), backend.download(end), ofLargest: 1e-4,
          "\(name), \(spacing), \(steps) steps")
      }
    }
  }

  /// Few and odd numbers of steps give numbers in all spacings.
  @Test(arguments: SamplerKind.allCases, spacings)
  func fewStepsAreFinite(_ name: SamplerKind, _ spacing: SchedulerConfig.Spacing) throws {
    let backend = ReferenceBackend()
    for steps in [1, 2, 3, 13, 99, 333, 998] {
      let sampler = try name.make(steps: steps, SamplerFacts.schedule(spacing))
      let passes = sampler.passes
      #expect(zip(passes, passes.dropFirst()).allSatisfy { $0.step <= $1.step })
      #expect(passes.allSatisfy { (0..<1000).contains($0.timestep) })
      var (state, x) = (SamplerState(), noise([1, 1, 2], 1, on: backend))
      for pass in passes.indices {
        let output = noise([1, 1, 2], UInt64(pass), on: backend)
        x = sampler.advance(x, output: output, pass: pass, &state, on: backend)
      }
      #expect(backend.allFinite(x), "\(steps) steps")
    }
  }

  /// What a record keeps of a state.
  private func kept(
    _ state: SamplerState, _ backend: any Backend
  ) -> [String: TrajectoryRecord.NamedTensor] {
    state.tensors.mapValues { .init(shape: $0.shape, values: backend.download($0)) }
  }

  private func restored(_ state: SamplerState, _ backend: any Backend) -> SamplerState {
    var copy = SamplerState()
    copy.counters = state.counters
    copy.tensors = kept(state, backend).mapValues { backend.upload($0.values, shape: $0.shape) }
    return copy
  }
}
