import EditJobs
import Files
import Foundation
import Layers
import PromptToPrompt
import Safetensors
import StableDiffusion
import Testing

/// Files without any config: the published ones are built in, and the tokenizer is the cache's.
@Suite(.serialized) struct BuiltInTests {
  /// A hub cache whose one model has CLIP's tokenizer, and one that pads as the second encoder wants.
  private func cache() throws -> ModelFolder {
    let place = try ModelFolder(copying: nil)
    let snapshot = "models--some--model/snapshots/0123456789012345678901234567890123456789"
    let clip = fixture("models/tiny-sd1/tokenizer")
    try FileManager.default.createDirectory(
      atPath: "\(place.path)/\(snapshot)", withIntermediateDirectories: true)
    for name in ["tokenizer", "tokenizer_2"] {
      try FileManager.default.copyItem(
        atPath: clip, toPath: "\(place.path)/\(snapshot)/\(name)")
    }
    let map = "\(snapshot)/tokenizer_2/special_tokens_map.json"
    try place.set("pad_token", to: "!", in: map)
    return place
  }

  private func file(_ text: [String], metadata: [String: String] = [:]) throws -> ModelFolder {
    let place = try ModelFolder(copying: nil)
    var writer = SafetensorsWriter(metadata: metadata)
    writer.add(
      "model.diffusion_model.input_blocks.0.0.weight", shape: [1, 4, 1, 1], [0, 0, 0, 0])
    for name in text { writer.add(name, shape: [1], [0]) }
    try place.write("model.safetensors", writer.bytes())
    return place
  }

  /// A family, the names that show it, and its published number of weights without the encoder of
  /// pictures.
  static let families: [(name: String, keys: [String], weights: Int, side: Int)] = [
    ("sd1", ["cond_stage_model.transformer.x"], 859_520_964 + 123_060_480, 512),
    ("sd2", ["cond_stage_model.model.x"], 865_910_724 + 340_387_840, 768),
    (
      "sdxl", ["conditioner.embedders.0.transformer.x", "conditioner.embedders.1.model.x"],
      2_567_463_684 + 123_060_480 + 694_659_840, 1024
    ),
  ]

  @Test(arguments: families.indices) func publishedSizes(_ index: Int) throws {
    let (family, cache) = (Self.families[index], try cache())
    let place = try file(family.keys)
    setenv("HF_HUB_CACHE", cache.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let model = try ModelDescription(folder: "\(place.path)/model.safetensors")
    #expect(model.family == family.name && model.defaultSize.rows == family.side)
    let estimate = try model.estimate(height: 256, width: 256, on: TestedDevice.plan)
    #expect(estimate.weightCount == family.weights + 49_490_179 + 20)
    #expect(model.leavesPredictionOpen == (family.name == "sd2"))
    #expect(model.settings.map(\.value) == ["\(family.name) 1"])
    #expect(model.vae.scalingFactor == (family.name == "sdxl" ? 0.13025 : 0.18215))
    let folders = model.tokenizerFolders
    #expect(folders.allSatisfy { $0.hasPrefix(cache.path) })
    #expect(
      folders.map { $0.hasSuffix("_2") }
        == (family.name == "sd1"
          ? [false]
          : family.name == "sd2" ? [true] : [false, true]))
  }

  /// Which tokenizer of the cache is taken enters a model's digest: what that rests on is told.
  @Test func theChoiceOfATokenizerRestsOnWhatIsListed() throws {
    let (place, cache) = (try file(Self.families[0].keys), try cache())
    setenv("HF_HUB_CACHE", cache.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let name = "\(place.path)/model.safetensors"
    let model = try ModelDescription(folder: name)
    #expect(model.tokenizerCache == cache.path)
    let inputs = model.inputs
    #expect(Set(model.loadedFiles.map(\.path)).isSubset(of: inputs))
    let before = StampedFile.settled(inputs)
    #expect(before.allSatisfy { $0.isCurrent })
    let commit = "1123456789012345678901234567890123456789"
    let other = "\(cache.path)/models--a--model/snapshots/\(commit)/tokenizer"
    try FileManager.default.createDirectory(
      atPath: other, withIntermediateDirectories: true)
    #expect(!before.allSatisfy { $0.isCurrent })
    let between = StampedFile.settled(try ModelDescription(folder: name).inputs)
    try FileManager.default.removeItem(atPath: other)
    try FileManager.default.copyItem(
      atPath: fixture("models/tiny-sd1/tokenizer"), toPath: other)
    #expect(!between.allSatisfy { $0.isCurrent })
    #expect(try ModelDescription(folder: name).tokenizerFolder == other)
    // A folder beside the file goes before all of it, as soon as it is there.
    #expect(inputs.contains("\(place.path)/model/model_index.json"))
    #expect(inputs.contains(name))
  }

  /// What the published configs give at a picture size.
  struct Size: Sendable {
    var family: Int
    var side: Int
    var sites: Int
    /// Side of the control resolution.
    var control: Int
    /// Bytes of a pass's maps in float16, counted by hand from the layers.
    var maps: Int
    /// Multiply-adds of an evaluation in thousands of millions, likewise; the text's keys and values
    /// are made once for both rows.
    var work: Double
  }
  static let sizes = [
    Size(family: 0, side: 512, sites: 32, control: 16, maps: 38_503_424, work: 400.9),
    Size(family: 0, side: 768, sites: 32, control: 24, maps: 101_562_624, work: 1073.3),
    Size(family: 1, side: 512, sites: 32, control: 16, maps: 41_064_960, work: 401.1),
    Size(family: 1, side: 768, sites: 32, control: 24, maps: 129_720_960, work: 1073.6),
    Size(family: 2, side: 512, sites: 140, control: 16, maps: 220_364_800, work: 781.3),
    Size(family: 2, side: 768, sites: 140, control: 24, maps: 938_188_800, work: 1807.5),
    Size(family: 2, side: 1024, sites: 140, control: 32, maps: 2_768_896_000, work: 3367.5),
  ]

  @Test(arguments: sizes.indices) func sitesMapsAndWorkOfRealSizes(_ index: Int) throws {
    let size = Self.sizes[index]
    let (place, cache) = (try file(Self.families[size.family].keys), try cache())
    setenv("HF_HUB_CACHE", cache.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let model = try ModelDescription(folder: "\(place.path)/model.safetensors")
    let latents = size.side / 8
    let sites = model.geometry.sites(
      height: latents, width: latents, textLength: model.textLength)
    let control = model.geometry.controlResolution(latentHeight: latents, latentWidth: latents)
    #expect(sites.count == size.sites)
    #expect(control == FeatureSize(rows: size.control, columns: size.control))
    let catalogue = SiteCatalogue(
      entries: sites.map { SiteCatalogue.Entry(site: $0.site, size: $0.size) }, control: control)
    #expect(catalogue.mapBytes(.f16) == size.maps && catalogue.mapBytes(.f32) == 2 * size.maps)
    #expect(catalogue.averaged.allSatisfy { $0.size.queries == size.control * size.control })
    let estimate = try model.estimate(height: size.side, width: size.side, on: TestedDevice.plan)
    let work = Double(estimate.multiplyAdds) / 1e9
    #expect(abs(work / size.work - 1) < 0.0005, "\(work)")
    // The last layers hold 256 channels of the whole picture, in and out.
    let planes = 2 * 256 * size.side * size.side * 4
    #expect(estimate.decodeBytes >= planes && estimate.decodeBytes < 2 * planes)
    lanes(estimate, catalogue)
  }

  /// Maps of a pass stand beside the lanes; of XL they are as large as several of these.
  private func lanes(_ estimate: ModelEstimate, _ catalogue: SiteCatalogue) {
    func memory(_ maps: MapsPrecision) -> LaneMemory {
      LaneMemory(
        weights: Int64(estimate.weightBytes), lane: Int64(estimate.laneBytes),
        maps: Int64(catalogue.mapBytes(maps)), decoding: Int64(estimate.decodeBytes))
    }
    for maps in [MapsPrecision.f16, .f32] {
      let memory = memory(maps)
      for lanes in 1...4 {
        let room = memory.weights + memory.maps + Int64(lanes) * memory.lane
        #expect(memory.lanes(within: room) == lanes)
        #expect(memory.peak(lanes: lanes) == max(room, memory.weights + memory.decoding))
      }
    }
    let room = memory(.f16).peak(lanes: 4)
    #expect(memory(.f32).lanes(within: room) <= memory(.f16).lanes(within: room))
  }

  @Test func theHeaderClosesThePrediction() throws {
    let cache = try cache()
    setenv("HF_HUB_CACHE", cache.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let place = try file(
      ["cond_stage_model.model.x"], metadata: ["modelspec.prediction_type": "v"])
    let model = try ModelDescription(folder: "\(place.path)/model.safetensors")
    #expect(!model.leavesPredictionOpen && model.scheduler.prediction == .velocity)
  }

  @Test func withoutATokenizerItIsSaidWhatToDo() throws {
    let (empty, place) = (try ModelFolder(copying: nil), try file(Self.families[0].keys))
    setenv("HF_HUB_CACHE", empty.path, 1)
    defer { unsetenv("HF_HUB_CACHE") }
    let error = #expect(throws: ModelError.self) {
      try ModelDescription(folder: "\(place.path)/model.safetensors")
    }
    #expect(error?.kind == .missing && error?.what.contains("no tokenizer") == true)
    #expect(error?.hint?.contains("config=FOLDER") == true)
  }
}
