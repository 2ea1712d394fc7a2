import Foundation
import StableDiffusion
import Tensors
import Testing

/// Samplers against diffusers', fed with the same model outputs.
@Suite struct SchedulerGoldens {
  /// One row of the golden index.
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    struct Config: Decodable, Sendable {
      let numTrainTimesteps: Int
      let betaStart: Double
      let betaEnd: Double
      let betaSchedule: SchedulerConfig.BetaSchedule
      let predictionType: SchedulerConfig.Prediction
      let stepsOffset: Int
      let timestepSpacing: SchedulerConfig.Spacing?
    }
    let key: String
    let config: Config
    let timesteps: [Float]
    let initNoiseSigma: Float
    var testDescription: String { key }

    var schedule: NoiseSchedule {
      var made = SchedulerConfig()
      made.trainTimesteps = config.numTrainTimesteps
      (made.betaStart, made.betaEnd) = (config.betaStart, config.betaEnd)
      (made.betaSchedule, made.prediction) = (config.betaSchedule, config.predictionType)
      made.stepsOffset = config.stepsOffset
      made.spacing = config.timestepSpacing ?? .leading
      return NoiseSchedule(made)
    }
  }

  /// The rows of every sampler that there is.
  static let cases: [Case] = {
    let data = try? Data(contentsOf: URL(filePath: fixture("goldens/schedulers.json")))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let all = data.flatMap { try? decoder.decode([Case].self, from: $0) } ?? []
    return all.filter { row in
      SamplerName.allCases.contains { row.key.hasPrefix("\($0.rawValue)/") }
    }
  }()

  @Test func goldensAreThere() { #expect(Self.cases.count == 4 * SamplerName.allCases.count) }

  @Test(arguments: cases, TestBackend.allCases)
  func samples(_ row: Case, _ backend: TestBackend) throws {
    let parts = row.key.split(separator: "/").map(String.init)
    let name = try #require(SamplerName(rawValue: parts[0]))
    let sampler = try name.make(steps: try #require(Int(parts[2])), row.schedule)
    #expect(sampler.passes.map(\.timestep) == row.timesteps)
    #expect(sampler.initialSigma == row.initNoiseSigma)

    let golden = try Golden("goldens/schedulers")
    let (samples, outputs) = (try golden("\(row.key)/samples"), try golden("\(row.key)/outputs"))
    let backend = backend.make()
    let shape = Array(samples.shape.dropFirst())
    let size = shape.reduce(1, *)
    func number(_ i: Int, of all: [Float]) -> [Float] { Array(all[i * size..<(i + 1) * size]) }
    var state = SamplerState()
    var x = backend.upload(number(0, of: samples.values), shape: shape)
    for pass in sampler.passes.indices {
      let output = backend.upload(number(pass, of: outputs.values), shape: shape)
      x = sampler.advance(x, output: output, pass: pass, &state, on: backend)
      expectClose(
        backend.download(x), number(pass + 1, of: samples.values), ofLargest: 1e-5,
        "the sample after pass \(pass)")
    }
  }
}
