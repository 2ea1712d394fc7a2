import EditJobs
import Foundation
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import Safetensors
import StableDiffusion
import Tensors
import Testing

/// Whole edited runs against PyTorch's: `Fixtures/edits`.
@Suite(.serialized) struct EditGoldens {
  @Test func allCasesAreThere() {
    #expect(EditCase.all.count == 28)
  }

  @Test(arguments: EditCase.all)
  func latentsMeanMapsAndMasks(_ test: EditCase) throws { try compare(test) }

  /// Other devices keep the same tolerances: an edit of each family.
  @Test(arguments: [
    "tiny-sd1.replace-self-f16", "tiny-sd2.replace-self", "tiny-sdxl.replace-self",
    "mini-shapes.color",
  ])
  func otherDevices(_ file: String) throws {
    for device in TestedDevice.all where device.law != .sameBits {
      try TestedDevice.$current.withValue(device) { try compare(try EditCase.named(file)) }
    }
  }

  private func compare(_ test: EditCase) throws {
    let rig = try EditRig(test)
    let golden = try Golden("edits/\(test.file)")
    let runs = try run(test, rig)
    let (shape, latents) = try golden("latents")
    #expect(shape == [1 + test.edits.count, test.source.steps + 1] + rig.setting.latentShape)
    #expect(rig.setting.denoiser.sampler.passes.map(\.timestep) == test.timesteps)
    let count = rig.setting.latentShape.reduce(1, *)
    let rowCount = count * (test.source.steps + 1)
    let part: Float = test.precision == .f16 ? 5e-4 : 3e-4
    for (row, run) in runs.enumerated() {
      let expected = Array(latents[row * rowCount..<(row + 1) * rowCount])
      let tolerance = part * deviation(expected.suffix(count))
      for step in 0...test.source.steps {
        expectClose(
          run.records[rig.setting.denoiser.sampler.passes(completing: step)].latents,
          Array(expected[step * count..<(step + 1) * count]),
          tolerance: tolerance, "\(test.file), row \(row), latents after \(step) steps")
      }
    }
    let means = try golden("mean_maps").values
    let size = means.count / runs.count
    for (row, run) in runs.enumerated() {
      let record = try #require(run.records.last)
      let shape = rig.setting.header(key: rig.setting.spec.key, fingerprint: "").sums
      let found = MeanMaps(sums: record.sums, shape: shape, steps: test.source.steps)
      expectClose(
        found.values, Array(means[row * size..<(row + 1) * size]),
        tolerance: test.precision == .f16 ? 2e-3 : 1e-4, "\(test.file), row \(row), mean maps")
    }
    var compared: [String] = []
    for (index, edit) in test.edits.enumerated() where edit.blend != nil {
      compared += try compareMasks(
        row: index + 1, rig.resolved(edit.spec), runs, golden, rig, test.file)
    }
    #expect(compared.sorted() == golden.file.names.filter { $0.hasPrefix("mask/") })
  }

  @Test(arguments: [
    "tiny-sd1.replace", "mini-shapes.color", "mini-shapes.add", "mini-shapes.glow",
  ])
  func pictures(_ file: String) throws {
    let test = try EditCase.named(file)
    let rig = try EditRig(test)
    let expected = try Golden("edits/\(file)")("images").values
    let runs = try run(test, rig)
    let size = expected.count / runs.count
    for (row, run) in runs.enumerated() {
      let record = try #require(run.records.last)
      let picture = rig.setting.model.decode(rig.setting.unit(from: record).run.latents)
      expectClose(
        rig.setting.backend.download(picture), Array(expected[row * size..<(row + 1) * size]),
        tolerance: 2 / 255, "\(file), row \(row), picture")
    }
  }

  /// The maps that a source and its variant really used, at one cross and one self site.
  @Test(arguments: ["tiny-sd1.replace-self", "tiny-sd2.replace-self", "tiny-sdxl.replace-self"])
  func maps(_ file: String) throws {
    let test = try EditCase.named(file)
    let rig = try EditRig(test)
    let golden = try Golden("edits/\(test.file)")
    let source = try rig.runSource()
    let edit = try rig.resolved(test.edits[0].spec)
    let variant = try #require(try rig.runVariants([edit], of: source).first)
    for site in [
      AttentionSite(stage: .down, index: 1, kind: .cross),
      AttentionSite(stage: .up, index: 0, kind: .selfAttention),
    ] {
      for step in [0, 5] {
        let own = try #require(source.maps[step][site])
        let used = try #require(
          try capture(rig, edit, source.maps[step], from: variant.records[step], at: site))
        for (row, map) in [own, used].enumerated() {
          let (shape, expected) = try golden("map/\(row)/\(step)/\(site)")
          #expect(map.shape == shape)
          expectClose(
            rig.setting.backend.download(map), expected, tolerance: 1e-4,
            "\(file), row \(row), step \(step), \(site)")
        }
      }
    }
  }

  /// The model's plain loops instead of the kernels: the first steps of one case.
  @Test func referenceBackend() throws {
    let test = try EditCase.named("tiny-sd1.replace-self-f16")
    let rig = try EditRig(test, backend: ReferenceBackend())
    let (_, latents) = try Golden("edits/\(test.file)")("latents")
    var run = SourceRun(rig.setting, context: try rig.context(rig.source))
    let maps = try run.advanceWithMaps().maps
    let edit = try rig.resolved(test.edits[0].spec)
    let variant = try rig.runVariants([edit], maps: HeldMaps([maps]), passes: 1)[0]
    let count = rig.setting.latentShape.reduce(1, *)
    let rowCount = count * (test.source.steps + 1)
    for (row, found) in [rig.setting.record(of: run.unit), variant.records[1]].enumerated() {
      let expected = Array(latents[row * rowCount..<(row + 1) * rowCount])
      expectClose(
        found.latents, Array(expected[count..<2 * count]),
        tolerance: 5e-4 * deviation(expected.suffix(count)), "row \(row)")
    }
  }

  private func run(_ test: EditCase, _ rig: EditRig) throws -> [EditRig.Run] {
    let source = try rig.runSource()
    return try [source] + rig.runVariants(test.edits.map(\.spec), of: source)
  }

  /// Every mask of local blend, exactly, made again from what records hold; the names of those that
  /// were compared.
  private func compareMasks(
    row: Int, _ edit: ResolvedEdit, _ runs: [EditRig.Run], _ golden: Golden, _ rig: EditRig,
    _ what: String
  ) throws -> [String] {
    let local = LocalBlend(
      try #require(edit.blend),
      sums: rig.setting.header(key: rig.setting.spec.key, fingerprint: "").sums,
      latents: rig.setting.latentShape)
    var (open, names): (Int, [String]) = (0, [])
    for step in 0..<edit.steps where local.acts(step: step) {
      let pass = rig.setting.denoiser.sampler.passes(completing: step + 1)
      let mask = local.mask(
        source: runs[0].records[pass].sums, variant: runs[row].records[pass].sums)
      names.append("mask/\(row)/\(step)")
      let (size, expected) = try golden(names[names.count - 1])
      #expect(size == [mask.rows, mask.columns])
      let wrong = zip(mask.gates, expected).enumerated().first { $1.0 != $1.1 }
      #expect(wrong == nil, "\(what), step \(step): first differs at \(wrong?.offset ?? 0)")
      #expect(mask.area == Double(expected.reduce(0, +)) / Double(expected.count))
      open += mask.isOpen.count(where: \.self)
    }
    #expect(open > 0, "\(what) has no open mask")
    return names
  }

  private func deviation(_ values: ArraySlice<Float>) -> Float {
    let mean = values.reduce(0, +) / Float(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Float(values.count)).squareRoot()
  }

  private func capture(
    _ rig: EditRig, _ edit: ResolvedEdit, _ source: MapTable, from record: TrajectoryRecord,
    at site: AttentionSite
  ) throws -> Tensor? {
    let lane = try rig.lane(edit, from: record)
    let step = rig.setting.denoiser.position(record.pass).step
    let control = EditControl(
      [lane.plan], step: step, catalogue: rig.setting.catalogue,
      precision: rig.setting.spec.maps, source: source, backend: rig.setting.backend)
    let watcher = MapWatcher(control, site: site)
    var runs = [lane.unit.run]
    rig.setting.denoiser.advance(&runs, contexts: [lane.context], control: watcher)
    return watcher.used
  }
}

/// Keeps the map that a conditional row used at one site, whatever another control did to it.
final class MapWatcher: AttentionControl {
  private let inner: any AttentionControl
  private let site: AttentionSite
  private(set) var used: Tensor?

  init(_ inner: any AttentionControl, site: AttentionSite) {
    (self.inner, self.site) = (inner, site)
  }

  func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand {
    var demand = inner.demand(at: site, size, position, row)
    if site == self.site, row.branch == .conditional, demand.use == .none { demand.use = .read }
    return demand
  }

  func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor? {
    let looked = inner.demand(at: site, size, position, row).use == .none
    let edited = looked ? nil : inner.visit(map, at: site, size, position, row)
    if site == self.site { used = edited ?? map }
    return edited
  }
}
