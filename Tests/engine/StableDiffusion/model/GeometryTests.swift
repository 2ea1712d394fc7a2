import EditJobs
import Layers
import StableDiffusion
import Tensors
import Testing

/// What a config alone says about sites and sizes.
@Suite struct GeometryTests {
  @Test func sitesInCallOrder() throws {
    let model = try ModelDescription(folder: fixture("models/tiny-sd1"))
    let sites = model.geometry.sites(height: 16, width: 24, textLength: 77)
    let names = sites.map(\.site.description)
    #expect(
      names.prefix(5) == [
        "down.0.self", "down.0.cross", "down.1.self", "down.1.cross", "down.2.self",
      ])
    // Six transformer blocks on the way down, one in the middle, nine on the way up.
    #expect(names.count == 32 && Set(names).count == 32)
    #expect(names.filter { $0.hasPrefix("mid.") } == ["mid.0.self", "mid.0.cross"])
    #expect(names.last == "up.8.cross")
    #expect(sites[0].size == AttentionMapSize(rows: 16, columns: 24, heads: 4, keys: 384))
    #expect(sites[11].size == AttentionMapSize(rows: 4, columns: 6, heads: 4, keys: 77))
    #expect(sites[12].size.rows == 2 && sites[12].size.columns == 3)
  }

  @Test func sitesAreThoseThatAreCalled() throws {
    let model = try StableDiffusionModel(
      folder: fixture("models/tiny-sd2"), backend: ReferenceBackend())
    let control = Recorder()
    let denoiser = try model.denoiser(.ddim, steps: 2, guidanceScale: 7.5)
    let states = model.encode([616, 617])
    var runs = [DenoisingRun(latents: noise([4, 8, 12], 1, on: model.backend))]
    let contexts = [LaneContext(conditional: states, unconditional: states)]
    #expect(denoiser.advance(&runs, contexts: contexts, control: control) == 2)
    let expected = model.description.geometry.sites(height: 8, width: 12, textLength: 2)
    #expect(control.seen.map(\.site) == expected.map(\.site))
    #expect(control.seen.map(\.size) == expected.map(\.size))
  }

  @Test(arguments: [
    ("tiny-sd1", 16, 16, 16, 16),  // 16² is the only one that is large enough
    ("tiny-sd1", 64, 64, 16, 16),  // as version 1 at 512²: 64², 32², 16²
    ("tiny-sd1", 64, 40, 32, 20),  // 16 × 10 is too narrow
    ("tiny-sd1", 8, 8, 8, 8),  // none is large enough: the finest
    ("tiny-sd2", 24, 24, 12, 12),
    ("tiny-sdxl", 16, 16, 8, 8),  // its finest level has no attention
  ])
  func controlResolution(_ name: String, _ h: Int, _ w: Int, _ rows: Int, _ columns: Int) throws {
    let model = try ModelDescription(folder: fixture("models/\(name)"))
    #expect(
      model.geometry.controlResolution(latentHeight: h, latentWidth: w)
        == FeatureSize(rows: rows, columns: columns))
  }

  @Test func legalSizes() throws {
    let model = try ModelDescription(folder: fixture("models/tiny-sd1"))
    #expect(model.sizeMultiple == 64)
    #expect(model.isLegal(side: 192) && !model.isLegal(side: 200) && !model.isLegal(side: 0))
    #expect([1, 95, 96, 200, -5].map(model.nearestLegal(side:)) == [64, 64, 128, 192, 64])
    #expect(model.latentShape(height: 128, width: 192) == [4, 16, 24])
    #expect(model.defaultSize == FeatureSize(rows: 128, columns: 128))
  }

  @Test func filesByRole() throws {
    let model = try ModelDescription(folder: fixture("models/tiny-sd1"))
    let roles = model.loadedFiles.map(\.role)
    #expect(Set(roles).count == roles.count)
    #expect(roles.filter { $0.contains("weights") }.count == 3)
    #expect(roles.filter { $0.hasPrefix("tokenizer.") }.count == 4)
    #expect(roles.contains("scheduler.config"))
  }
}

/// Looks at every map of the conditional branch and changes none.
final class Recorder: AttentionControl {
  var seen: [(site: AttentionSite, size: AttentionMapSize)] = []
  var maps: [String: [Float]] = [:]

  func demand(
    at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition, _ row: Row
  ) -> MapDemand {
    MapDemand(use: row.branch == .conditional ? .read : .none, rounded: false)
  }

  func visit(
    _ map: Tensor?, at site: AttentionSite, _ size: AttentionMapSize, _ position: PassPosition,
    _ row: Row
  ) -> Tensor? {
    seen.append((site, size))
    return nil
  }
}
