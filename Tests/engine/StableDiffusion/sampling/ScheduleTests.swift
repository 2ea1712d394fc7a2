import EditJobs
import Foundation
import Layers
import StableDiffusion
import Testing

/// Noise schedules and timesteps.
@Suite struct ScheduleTests {
  private func schedule(_ change: (inout SchedulerConfig) -> Void) -> NoiseSchedule {
    var config = SchedulerConfig()
    (config.betaStart, config.betaEnd) = (0.00085, 0.012)
    config.betaSchedule = .scaledLinear
    change(&config)
    return NoiseSchedule(config)
  }

  @Test func spacings() throws {
    // As numpy computes them for five steps of a thousand.
    #expect(try schedule { $0.stepsOffset = 1 }.timesteps(5) == [801, 601, 401, 201, 1])
    #expect(try schedule { $0.spacing = .trailing }.timesteps(5) == [999, 799, 599, 399, 199])
    #expect(try schedule { $0.spacing = .linspace }.timesteps(5) == [999, 749, 500, 250, 0])
    #expect(try schedule { $0.spacing = .trailing }.timesteps(3) == [999, 666, 332])
    #expect(try schedule { $0.spacing = .linspace }.timesteps(1) == [0])
  }

  /// As numpy counts down, which rounds its stride: half timesteps fall by it, now up and now down.
  @Test(arguments: [
    (1000, 48, [2: 957, 3: 936, 15: 686, 27: 436, 39: 186]),
    (1000, 96, [6: 937, 18: 812, 42: 562, 66: 312, 95: 9]), (500, 24, [3: 437, 9: 312, 21: 62]),
    (100, 88, [11: 86, 33: 61]),
    // Numpy's list is one longer here and ends below 0, which diffusers then takes for a timestep.
    (1000, 61, [0: 999, 60: 15]),
  ])
  func tiesOfTrailingTimesteps(_ count: Int, _ steps: Int, _ expected: [Int: Int]) throws {
    let found = try schedule {
      ($0.spacing, $0.trainTimesteps) = (.trailing, count)
    }.timesteps(steps)
    #expect(found.count == steps)
    for (step, timestep) in expected { #expect(found[step] == timestep, "step \(step)") }
  }

  @Test func stepsThatDoNotExistAreRefused() throws {
    let leading = schedule { $0.stepsOffset = 1 }
    for steps in [0, -1, 1000, 5000] {
      #expect(throws: ModelError.self) { try SamplerKind.ddim.make(steps: steps, leading) }
    }
    #expect(try leading.timesteps(999).first == 999)
    #expect(try schedule { $0.spacing = .trailing }.timesteps(1000).last == 0)
  }

  @Test(arguments: SchedulerConfig.BetaSchedule.allCases)
  func noiseGrows(_ kind: SchedulerConfig.BetaSchedule) {
    let alphas = schedule { $0.betaSchedule = kind }.alphasCumprod
    #expect(alphas.count == 1000)
    #expect(zip(alphas, alphas.dropFirst()).allSatisfy { $0 > $1 && $1 > 0 })
  }

  @Test func publishedEndsOfTheSchedule() {
    let alphas = schedule { _ in }.alphasCumprod
    expectClose([alphas[0], alphas[999]], [0.99915, 0.004660095], tolerance: 1e-7)
    // Nichol and Dhariwal 2021, eq. 17.
    let cosine = schedule { $0.betaSchedule = .squaredCosine }.alphasCumprod
    func bar(_ t: Double) -> Double { pow(cos((t + 0.008) / 1.008 * .pi / 2), 2) }
    let expected = (0..<990).map { Float(bar(Double($0 + 1) / 1000) / bar(0)) }
    expectClose(Array(cosine.prefix(990)), expected, tolerance: 1e-6)
  }

  @Test func elementaryFunctions() {
    let angles = (0..<4000).map { Double($0) * 0.2503 }
    func check(_ found: [Double], _ expected: [Double]) {
      let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 1e-12, "largest error \(worst)")
    }
    check(angles.map { Elementary.sin($0) }, angles.map { sin($0) })
    check(angles.map { Elementary.cos(-$0) }, angles.map { cos(-$0) })
    let exponents = angles.map { -$0 / 100 }
    check(exponents.map { Elementary.exp($0) }, exponents.map { exp($0) })
  }

  @Test func stepsAreCompleteAtTheirLastPass() throws {
    let sampler = try SamplerKind.ddim.make(steps: 4, schedule { $0.stepsOffset = 1 })
    #expect(sampler.steps == 4 && (0..<4).allSatisfy(sampler.completesStep))
  }
}
