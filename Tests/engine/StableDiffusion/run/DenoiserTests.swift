import EditJobs
import Layers
import StableDiffusion
import Tensors
import Testing

/// A small model with three lanes to denoise.
private struct Bench {
  let model: StableDiffusionModel
  let contexts: [LaneContext]

  init(_ backend: TestedBackend) throws {
    let model = try StableDiffusionModel(
      folder: fixture("models/tiny-sd2"), backend: backend.make())
    let empty = model.encode([616, 617])
    contexts = [573, 320, 601].map {
      LaneContext(conditional: model.encode([616, $0]), unconditional: empty)
    }
    self.model = model
  }

  func runs(_ count: Int) -> [DenoisingRun] {
    (0..<count).map {
      DenoisingRun(latents: noise([4, 8, 8], UInt64($0), on: model.backend))
    }
  }

  /// Where two tensors first differ in a bit.
  func difference(_ x: Tensor, _ y: Tensor) -> Int? {
    firstDifference(model.backend.download(x), model.backend.download(y))
  }
}

/// Lanes, branches and evaluations of the denoiser, on every backend.
@Suite struct DenoiserTests {
  @Test(arguments: [Float(1), 7.5], TestedBackend.all)
  func aLaneDoesNotDependOnTheLanesBesideIt(_ scale: Float, _ backend: TestedBackend) throws {
    let bench = try Bench(backend)
    let (model, contexts) = (bench.model, bench.contexts)
    let denoiser = try model.denoiser(.ddim, steps: 3, guidanceScale: scale)
    var together = bench.runs(3)
    var evaluations = 0
    for _ in 0..<denoiser.passes {
      evaluations += denoiser.advance(&together, contexts: contexts)
    }
    #expect(evaluations == 3 * denoiser.evaluations(lanes: 3))
    #expect(evaluations == (scale > 1 ? 18 : 9))
    for lane in 0..<3 {
      var alone = [bench.runs(3)[lane]]
      for _ in 0..<denoiser.passes { denoiser.advance(&alone, contexts: [contexts[lane]]) }
      #expect(alone[0].pass == 3 && together[lane].pass == 3)
      #expect(bench.difference(alone[0].latents, together[lane].latents) == nil, "lane \(lane)")
      #expect(model.backend.allFinite(alone[0].latents))
    }
    #expect(bench.difference(together[0].latents, together[1].latents) != nil)
  }

  @Test(arguments: TestedBackend.all)
  func rowsAreNamed(_ backend: TestedBackend) throws {
    let bench = try Bench(backend)
    let (model, contexts) = (bench.model, bench.contexts)
    for (scale, branches) in [
      (Float(1), [Row.Branch.conditional]), (2, [.conditional, .unconditional]),
    ] {
      let denoiser = try model.denoiser(.ddim, steps: 3, guidanceScale: scale)
      let control = RowRecorder()
      var runs = bench.runs(2)
      denoiser.advance(&runs, contexts: Array(contexts.prefix(2)), control: control)
      let expected = (0..<2).flatMap { lane in branches.map { Row(lane: lane, branch: $0) } }
      #expect(Array(control.rows.prefix(expected.count)) == expected)
      #expect(Set(control.positions) == [PassPosition(pass: 0, step: 0)])
    }
  }

  @Test(arguments: TestedBackend.all)
  func aSourcesMapsAreMadeAgainBitForBit(_ backend: TestedBackend) throws {
    let bench = try Bench(backend)
    let (model, contexts) = (bench.model, bench.contexts)
    let denoiser = try model.denoiser(.ddim, steps: 2, guidanceScale: 7.5)
    let (first, again) = (
      MapRecorder(lane: 1, model.backend), MapRecorder(lane: 0, model.backend)
    )
    var runs = bench.runs(3)
    let before = runs[1].latents
    denoiser.advance(&runs, contexts: contexts, control: first)
    let outputs = denoiser.evaluateConditional(
      [before], contexts: [contexts[1].conditional], pass: 0, control: again)
    #expect(outputs.count == 1 && outputs[0].shape == before.shape)
    #expect(first.maps.count == 14)
    for (site, map) in first.maps {
      #expect(firstDifference(map, again.maps[site] ?? []) == nil, "\(site)")
    }
  }

  @Test(arguments: TestedBackend.all)
  func withoutGuidanceTheOutputIsTheConditionalOne(_ backend: TestedBackend) throws {
    let bench = try Bench(backend)
    let (model, contexts) = (bench.model, bench.contexts)
    let denoiser = try model.denoiser(.ddim, steps: 2, guidanceScale: 1)
    var runs = bench.runs(1)
    let output = denoiser.evaluateConditional(
      [runs[0].latents], contexts: [contexts[0].conditional], pass: 0)[0]
    var state = SamplerState()
    let expected = denoiser.sampler.advance(
      runs[0].latents, output: output, pass: 0, &state, on: model.backend)
    denoiser.advance(&runs, contexts: [contexts[0]])
    #expect(bench.difference(runs[0].latents, expected) == nil)
  }

  @Test(arguments: TestedBackend.all)
  func guidanceMovesAlongTheDifference(_ backend: TestedBackend) {
    let backend = backend.make()
    let (c, u) = (backend.upload([3, 1], shape: [2]), backend.upload([1, 2], shape: [2]))
    let joined = Guidance(scale: 2.5).combine(conditional: c, unconditional: u, on: backend)
    #expect(backend.download(joined) == [6, -0.5])
  }

  @Test(arguments: TestedBackend.all)
  func numbersThatAreNotFiniteAreSeen(_ backend: TestedBackend) throws {
    let bench = try Bench(backend)
    let (model, contexts) = (bench.model, bench.contexts)
    let denoiser = try model.denoiser(.ddim, steps: 2, guidanceScale: 1)
    var values = [Float](repeating: 0.1, count: 4 * 8 * 8)
    values[17] = .nan
    var runs = [DenoisingRun(latents: model.backend.upload(values, shape: [4, 8, 8]))]
    denoiser.advance(&runs, contexts: [contexts[0]])
    #expect(!model.backend.allFinite(runs[0].latents))
  }
}

/// Writes down who asked.
private final class RowRecorder: AttentionControl {
  var rows: [Row] = []
  var positions: [PassPosition] = []

  func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand {
    rows.append(row)
    positions.append(position)
    return MapDemand(use: .none, rounded: false)
  }

  func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor? { nil }
}

/// Keeps the maps of one lane's conditional branch.
private final class MapRecorder: AttentionControl {
  let lane: Int
  let backend: any Backend
  var maps: [AttentionSite: [Float]] = [:]

  init(lane: Int, _ backend: any Backend) { (self.lane, self.backend) = (lane, backend) }

  func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand {
    let mine = row == Row(lane: lane, branch: .conditional)
    return MapDemand(use: mine ? .read : .none, rounded: mine)
  }

  func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor? {
    maps[site] = map.map(backend.download)
    return nil
  }
}
