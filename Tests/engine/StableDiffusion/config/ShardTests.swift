import Foundation
import Safetensors
import StableDiffusion
import Testing

/// Weights in several files with an index, against the same weights in one.
@Suite struct ShardTests {
  private static let unet = ("unet", "diffusion_pytorch_model")

  @Test(arguments: SingleFileTests.models, [2, 3])
  func everyTensorHasTheSameBits(_ model: String, _ count: Int) throws {
    let folder = try ModelFolder(copying: model)
    var components = [Self.unet, ("vae", "diffusion_pytorch_model"), ("text_encoder", "model")]
    if model == "tiny-sdxl" { components.append(("text_encoder_2", "model")) }
    for (component, stem) in components { try folder.split(component, stem, into: count) }
    let (whole, sharded) = (
      ReferenceBackend(logsWeights: true), ReferenceBackend(logsWeights: true)
    )
    _ = try StableDiffusionModel(folder: fixture("models/\(model)"), backend: whole).loadEncoder()
    let loaded = try StableDiffusionModel(folder: folder.path, backend: sharded)
    _ = try loaded.loadEncoder()
    #expect(whole.weights.count > 200 && whole.weights.count == sharded.weights.count)
    let first = zip(whole.weights, sharded.weights).enumerated().first { $1.0 != $1.1 }
    #expect(first == nil, "weight \(first?.offset ?? -1) differs")
    let files = loaded.description.loadedFiles
    #expect(files.count { $0.role.hasPrefix("unet.weights.") } == count)
    #expect(files.count { $0.role.hasSuffix(".index") } == components.count)
    #expect(Set(files.map(\.role)).count == files.count)
  }

  /// The half precision's shards have an index of their own, in either of its two spellings.
  @Test(arguments: [
    "safetensors.index.fp16.json", "safetensors.fp16.index.json", "fp16.safetensors.index.json",
  ])
  func shardsOfHalfPrecision(_ ending: String) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.split(Self.unet.0, Self.unet.1, into: 2, variant: ".fp16", index: ending)
    let loaded = try StableDiffusionModel(folder: folder.path, backend: ReferenceBackend())
    let shards = loaded.description.loadedFiles.filter { $0.role.hasPrefix("unet.weights.") }
    #expect(shards.count == 2 && shards.allSatisfy { $0.path.contains(".fp16-0000") })
  }

  @Test func aShardThatIsCutIsNamed() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.split(Self.unet.0, Self.unet.1, into: 2)
    let name = "unet/diffusion_pytorch_model-00002-of-00002.safetensors"
    try folder.truncate(name, to: 20_000)
    let found = try BrokenModel.complaint(folder.path)
    let complaint = try #require(found, "it was not noticed")
    #expect(complaint.text.contains("\(folder.path)/\(name)"), "\(complaint.text)")
  }

  /// A tensor that no shard has.
  @Test func aTensorThatIsMissingIsNamed() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.split(Self.unet.0, Self.unet.1, into: 2) { $0 != "conv_out.bias" }
    let found = try BrokenModel.complaint(folder.path)
    let complaint = try #require(found, "it was not noticed")
    #expect(complaint.text.contains("conv_out.bias"), "\(complaint.text)")
  }
}

extension ModelFolder {
  /// Deals the tensors of a component's file out to shards in turn, and writes their index.
  func split(
    _ component: String, _ stem: String, into count: Int, variant: String = "",
    index: String = "safetensors.index.json", keeping keeps: (String) -> Bool = { _ in true }
  ) throws {
    let whole = "\(component)/\(stem).safetensors"
    let file = try SafetensorsFile(path: "\(path)/\(whole)")
    var writers = Array(repeating: SafetensorsWriter(metadata: ["format": "pt"]), count: count)
    var places: [String: String] = [:]
    func shard(_ number: Int) -> String {
      "\(stem)\(variant)-0000\(number + 1)-of-0000\(count).safetensors"
    }
    for (number, name) in file.names.filter(keeps).enumerated() {
      let entry = try file.entry(name)
      writers[number % count].add(
        name, try #require(entry.type), shape: entry.shape,
        bytes: try file.withBytes(name) { Array($0) })
      places[name] = shard(number % count)
    }
    try remove(whole)
    for (number, writer) in writers.enumerated() {
      try write("\(component)/\(shard(number))", writer.bytes())
    }
    let text = try JSONSerialization.data(withJSONObject: ["weight_map": places])
    try write("\(component)/\(stem).\(index)", text)
  }
}
