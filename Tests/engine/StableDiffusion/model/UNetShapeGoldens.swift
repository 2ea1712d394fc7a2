import EditJobs
import Foundation
import Layers
import StableDiffusion
import Tensors
import Testing

/// UNets of other shapes than the published ones against diffusers' (`Tools/oracle/unets.py`).
@Suite struct UNetShapeGoldens {
  /// A tiny model, and fields of its UNet's config with other values.
  struct Shape: CustomTestStringConvertible, @unchecked Sendable {
    let name: String
    let model: String
    let fields: [String: Any]
    var testDescription: String { name }

    func folder() throws -> ModelFolder {
      let folder = try ModelFolder(copying: model)
      for (field, value) in fields { try folder.set(field, to: value, in: "unet/config.json") }
      return folder
    }
  }

  static let shapes: [Shape] = {
    let data = (try? Data(contentsOf: URL(filePath: fixture("goldens/unets.json")))) ?? Data()
    let rows = (try? JSONSerialization.jsonObject(with: data)) as? [[String: Any]] ?? []
    return rows.compactMap { row in
      guard let name = row["name"] as? String, let model = row["model"] as? String,
        let fields = row["fields"] as? [String: Any]
      else { return nil }
      return Shape(name: name, model: model, fields: fields)
    }
  }()

  @Test func goldensAreThere() { #expect(Self.shapes.count == 3) }

  @Test(arguments: shapes, TestedBackend.all)
  func outputs(_ shape: Shape, _ backend: TestedBackend) throws {
    let golden = try Golden("goldens/unets")
    let folder = try shape.folder()
    defer { withExtendedLifetime(folder) {} }
    let model = try StableDiffusionModel(folder: folder.path, backend: backend.make())
    let (sample, states) = (
      try golden("\(shape.name)/sample"), try golden("\(shape.name)/states")
    )
    let addition = model.unet.config.addition
    let pooled = try addition.map { _ in try golden("\(shape.name)/pooled") }
    let context = TextStates(
      model.backend.upload(states.values, shape: states.shape),
      pooled: pooled.map { model.backend.upload($0.values, shape: $0.shape) })
    let control = Recorder()
    let output = model.unet(
      model.backend.upload(sample.values, shape: sample.shape), timestep: 321, context: [context],
      sizes: addition.map { _ in [64, 96, 0, 0, 64, 96] },
      Pass(
        backend: model.backend, position: PassPosition(pass: 0, step: 0),
        rows: [Row(lane: 0, branch: .conditional)], control: control))
    expectClose(
      model.backend.download(output), try golden("\(shape.name)/output").values, ofLargest: 1e-4)
    let sites = model.description.geometry.sites(height: 16, width: 24, textLength: 7)
    #expect(control.seen.map(\.site) == sites.map(\.site))
  }

  /// Everything else that reads a model's blocks works without a middle.
  @Test func aModelWithoutAMiddleIsEstimatedAndTried() throws {
    let folder = try #require(Self.shapes.first { $0.name == "no-middle" }).folder()
    defer { withExtendedLifetime(folder) {} }
    let model = try ModelDescription(folder: folder.path)
    let whole = try ModelDescription(folder: fixture("models/tiny-sd1"))
    let sites = model.geometry.sites(height: 16, width: 16, textLength: 77)
    #expect(sites.count == 30 && sites.allSatisfy { $0.site.stage != .mid })
    let (less, more) = (
      try model.estimate(height: 128, width: 128, on: TestedDevice.plan),
      try whole.estimate(height: 128, width: 128, on: TestedDevice.plan)
    )
    #expect(less.weightCount < more.weightCount && less.multiplyAdds < more.multiplyAdds)
    #expect(model.geometry.controlResolution(latentHeight: 64, latentWidth: 64).rows == 16)
  }
}

/// Fields of a UNet's config that are lists with an entry for each level.
@Suite struct UNetLevelTests {
  private func unet(_ name: String, _ fields: [String: Any]) throws -> UNetConfig {
    let folder = try ModelFolder(copying: name)
    defer { withExtendedLifetime(folder) {} }
    for (field, value) in fields { try folder.set(field, to: value, in: "unet/config.json") }
    return try ModelDescription(folder: folder.path).unet
  }

  @Test func listsOfEqualEntriesAreWhatOneNumberIs() throws {
    let one = try unet("tiny-sd1", [:])
    let fields: [String: Any] = [
      "only_cross_attention": [false, false, false, false],
      "cross_attention_dim": [32, 32, 32, 32], "attention_head_dim": [4, 4, 4, 4],
      "layers_per_block": [2, 2, 2, 2], "transformer_layers_per_block": [1, 1, 1, 1],
    ]
    for (field, value) in fields {
      #expect(try unet("tiny-sd1", [field: value]) == one, "\(field)")
    }
    let nested = [1, [1, 1], [1, 1], 1] as [Any]
    let up = [1, [1, 1, 1], 1, [1, 1, 1]] as [Any]
    #expect(
      try unet(
        "tiny-sd1",
        ["transformer_layers_per_block": nested, "reverse_transformer_layers_per_block": up]) == one
    )
    #expect(
      try unet("tiny-sd1", ["attention_head_dim": NSNull(), "num_attention_heads": [4, 4, 4, 4]])
        .heads == one.heads)
    #expect(try unet("tiny-sd1", ["mid_block_only_cross_attention": true]) == one)
  }

  @Test func entriesOfBlocksThatDoNotAttendCountForNothing() throws {
    // The last level attends in the middle alone.
    let one = try unet("tiny-sd1", [:])
    #expect(try unet("tiny-sd1", ["only_cross_attention": [false, false, false, true]]) == one)
    let bare = try unet(
      "tiny-sd1", ["mid_block_type": NSNull(), "cross_attention_dim": [32, 32, 32, 99]])
    #expect(bare.crossAttentionDim == 32 && bare.midBlock == .none)
  }

  static let refused: [(field: String, value: any Sendable, word: String)] = [
    ("only_cross_attention", true, "without self-attention"),
    ("only_cross_attention", [false, true, false, false], "level 2 of 4"),
    ("only_cross_attention", [false, false], "2 values"),
    ("cross_attention_dim", [32, 32, 48, 32], "different width"),
    // The middle is of the last level.
    ("cross_attention_dim", [32, 32, 32, 48], "different width"),
    ("cross_attention_dim", [32, 32], "one for each level"),
    ("mid_block_type", "UNetMidBlock2DSimpleCrossAttn", "not supported"),
    ("mid_block_type", "none", "not supported"),
    ("transformer_layers_per_block", [1, 1], "4 levels"),
    ("transformer_layers_per_block", [1, 0, 1, 1], "2 layers"),
    ("transformer_layers_per_block", [1, [1, 1], 1, 1] as [any Sendable], "missing"),
    ("reverse_transformer_layers_per_block", [1, [1, 1], 1, 1] as [any Sendable], "3 layers"),
    ("layers_per_block", [2, 2, 2], "4 numbers"),
    ("attention_head_dim", [4, 0, 4, 4], "4 numbers"),
    ("encoder_hid_dim", 64, "not supported"), ("norm_num_groups", NullField(), "group norms"),
  ]

  /// A field that is there and null.
  struct NullField: Sendable {}

  @Test(arguments: refused.indices)
  func otherListsAreRefusedWithTheReason(_ index: Int) throws {
    let (field, value, word) = Self.refused[index]
    let error = #expect(throws: ModelError.self) {
      try unet("tiny-sd1", [field: value is NullField ? NSNull() : value])
    }
    let known = ["transformer_layers_per_block": "reverse_transformer_layers_per_block"]
    #expect(error?.key == field || error?.key == known[field])
    #expect(error?.what.contains(word) == true, "\(error?.what ?? "")")
    #expect(error?.file.hasSuffix("unet/config.json") == true)
  }
}
