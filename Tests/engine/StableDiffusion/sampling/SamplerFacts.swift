import EditJobs
import Foundation
import Layers
import StableDiffusion
import Tensors
import Testing

/// What programs without the engine believe of a sampler, against the sampler.
@Suite struct SamplerFacts {
  static func schedule(
    _ spacing: SchedulerConfig.Spacing = .leading,
    _ prediction: SchedulerConfig.Prediction = .epsilon
  ) -> NoiseSchedule {
    var config = SchedulerConfig()
    (config.betaStart, config.betaEnd) = (0.00085, 0.012)
    (config.betaSchedule, config.stepsOffset) = (.scaledLinear, 1)
    (config.spacing, config.prediction) = (spacing, prediction)
    return NoiseSchedule(config)
  }

  @Test(arguments: SamplerKind.allCases)
  func passesAreThoseOfTheSolver(_ kind: SamplerKind) throws {
    for steps in [1, 2, 3, 4, 5, 20, 50] {
      let sampler = try kind.make(steps: steps, Self.schedule())
      let passes = sampler.passes
      #expect(sampler.steps == steps)
      #expect(kind.passes(steps: steps) == passes.count)
      for step in 0..<steps {
        #expect(kind.passes(ofStep: step, of: steps) == passes.count { $0.step == step })
      }
      for done in 0...passes.count {
        let complete = passes.indices.prefix(done).count { sampler.completesStep($0) }
        #expect(sampler.completeSteps(after: done) == complete)
        #expect(kind.completeSteps(after: done, of: steps) == complete)
      }
      for step in 0...steps {
        #expect(sampler.completeSteps(after: sampler.passes(completing: step)) == step)
      }
    }
  }

  @Test(arguments: SamplerKind.allCases)
  func rememberNoMoreThanTheySay(_ kind: SamplerKind) throws {
    let sampler = try kind.make(steps: 8, Self.schedule())
    let backend = ReferenceBackend()
    var (state, x) = (SamplerState(), noise([4, 2, 2], 1, on: backend))
    var most = 0
    for pass in sampler.passes.indices {
      let output = noise([4, 2, 2], UInt64(pass + 2), on: backend)
      x = sampler.advance(x, output: output, pass: pass, &state, on: backend)
      #expect(state.tensors.values.allSatisfy { $0.shape == [4, 2, 2] })
      most = max(most, state.tensors.count)
    }
    #expect(most == kind.rememberedLatents)
  }

  @Test func plmsTakesTwoPassesForItsFirstStep() throws {
    let sampler = try SamplerKind.pndm.make(steps: 4, Self.schedule())
    #expect(sampler.passes.map(\.timestep) == [751, 501, 501, 251, 1])
    #expect(sampler.passes.map(\.step) == [0, 0, 1, 2, 3])
    #expect((0..<5).map(sampler.completesStep) == [false, true, true, true, true])
    #expect((0...4).map { sampler.passes(completing: $0) } == [0, 2, 3, 4, 5])
    #expect(try SamplerKind.pndm.make(steps: 1, Self.schedule()).passes.count == 1)
  }

  @Test func publishedSpellings() {
    let spellings: [(String, SamplerKind)] = [
      ("DDIM", .ddim), ("PLMS", .pndm), ("plms", .pndm), ("PNDMScheduler", .pndm),
      ("Euler", .euler), ("k_euler", .euler), ("DPM++ 2M", .dpmpp2M), ("dpm++_2m", .dpmpp2M),
      ("dpmpp-2m", .dpmpp2M), ("DPMSolverMultistepScheduler", .dpmpp2M),
    ]
    for (text, kind) in spellings { #expect(SamplerKind(spelling: text) == kind, "\(text)") }
    for text in ["Euler a", "DPM++ 2M Karras", "DPM++ SDE", "Heun", ""] {
      #expect(SamplerKind(spelling: text) == nil, "\(text)")
    }
    for kind in SamplerKind.allCases {
      #expect(SamplerKind(spelling: kind.title) == kind)
      #expect(SamplerKind(spelling: kind.rawValue) == kind)
    }
  }

  @Test(arguments: SamplerKind.allCases)
  func stepsThatDoNotExistAreRefused(_ name: SamplerKind) {
    for spacing in [SchedulerConfig.Spacing.leading, .trailing, .linspace] {
      for steps in [0, -1, 1001, 5000] {
        #expect(throws: ModelError.self) { try name.make(steps: steps, Self.schedule(spacing)) }
      }
    }
    var far = SchedulerConfig()
    far.stepsOffset = 600  // Two steps would begin at timestep 1100.
    #expect(throws: ModelError.self) { try name.make(steps: 2, NoiseSchedule(far)) }
  }

  @Test func logarithm() {
    let numbers = (1...4000).map { Double($0) * 0.00173 } + [1e-300, 1e-8, 1, 2, 1e8, 1e300]
    for x in numbers {
      #expect(abs(Elementary.log(x) - log(x)) <= 1e-13 * max(1, abs(log(x))), "\(x)")
    }
    #expect(Elementary.log(1) == 0)
  }
}
