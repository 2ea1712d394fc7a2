import EditJobs
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

  /// Every sampler as most models set it.
  static let cases = rows("goldens/schedulers")
  /// Every sampler in every spacing of timesteps, for few and for many steps, and with other noise.
  static let settings = rows("goldens/sampler-settings")

  private static func rows(_ name: String) -> [Case] {
    let data = try? Data(contentsOf: URL(filePath: fixture("\(name).json")))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return data.flatMap { try? decoder.decode([Case].self, from: $0) } ?? []
  }

  @Test func goldensAreThere() {
    let names = SamplerKind.allCases
    #expect(Self.cases.count == 4 * names.count && Self.settings.count == 33 * names.count)
    for name in names {
      #expect(Self.cases.count { $0.key.hasPrefix("\(name.rawValue)/") } == 4)
    }
  }

  @Test(arguments: cases, TestedBackend.all)
  func samples(_ row: Case, _ backend: TestedBackend) throws {
    try compare(row, Golden("goldens/schedulers"), backend.make())
  }

  @Test(arguments: settings)
  func otherSettings(_ row: Case) throws {
    for backend in TestedBackend.all {
      try compare(row, Golden("goldens/sampler-settings"), backend.make(), givesInputs: true)
    }
  }

  /// Walks from the golden's first sample to its last with its outputs.
  private func compare(
    _ row: Case, _ golden: Golden, _ backend: any Backend, givesInputs: Bool = false
  ) throws {
    let parts = row.key.split(separator: "/").map(String.init)
    let name = try #require(SamplerKind(rawValue: parts[0]))
    let sampler = try name.make(steps: try #require(Int(parts[2])), row.schedule)
    expectClose(sampler.passes.map(\.timestep), row.timesteps, tolerance: 0, "timesteps")
    expectClose([sampler.initialSigma], [row.initNoiseSigma], ofLargest: 2e-7, "the first sigma")

    let (samples, outputs) = (try golden("\(row.key)/samples"), try golden("\(row.key)/outputs"))
    let inputs = givesInputs ? try golden("\(row.key)/inputs").values : []
    let shape = Array(samples.shape.dropFirst())
    let size = shape.reduce(1, *)
    func number(_ i: Int, of all: [Float]) -> [Float] { Array(all[i * size..<(i + 1) * size]) }
    var state = SamplerState()
    var x = backend.upload(number(0, of: samples.values), shape: shape)
    for pass in sampler.passes.indices {
      if givesInputs {
        expectClose(
          backend.download(sampler.modelInput(x, pass: pass, on: backend)),
          number(pass, of: inputs), ofLargest: 1e-5, "what the model sees in pass \(pass)")
      }
      let output = backend.upload(number(pass, of: outputs.values), shape: shape)
      x = sampler.advance(x, output: output, pass: pass, &state, on: backend)
      expectClose(
        backend.download(x), number(pass + 1, of: samples.values), ofLargest: 1e-5,
        "the sample after pass \(pass)")
    }
  }
}
