import Layers
import Safetensors
import StableDiffusion
import Tensors
import Testing

/// Tensors by name: spellings of old files, and what is said of wrong ones.
@Suite struct CheckpointTests {
  private let backend = ReferenceBackend()

  private func checkpoint(
    _ spellings: PublishedSpellings, _ fill: (inout SafetensorsWriter) -> Void
  ) throws -> Checkpoint {
    var writer = SafetensorsWriter()
    fill(&writer)
    let file = try SafetensorsFile(bytes: writer.bytes(), name: "folder/file.safetensors")
    return Checkpoint([file], spellings: spellings, on: backend)
  }

  @Test func aMissingTensorNamesFileKeyAndShape() throws {
    let weights = try checkpoint(.textEncoder) { $0.add("other", shape: [1], [1]) }
    let error = #expect(throws: ModelError.self) {
      try weights.tensor("text_model.x.weight", [2, 3], .linear)
    }
    #expect(error?.file == "folder/file.safetensors" && error?.key == "text_model.x.weight")
    #expect(error?.what.contains("[2, 3]") == true && error?.what.contains(" x.weight") == true)
  }

  @Test func aWrongShapeNamesFoundAndExpected() throws {
    let weights = try checkpoint(.unet) { $0.add("a.weight", shape: [2, 3], [1, 2, 3, 4, 5, 6]) }
    let error = #expect(throws: ModelError.self) {
      try weights.tensor("a.weight", [3, 2], .linear)
    }
    #expect(error?.what.contains("[2, 3]") == true && error?.what.contains("[3, 2]") == true)
    #expect(error?.key == "a.weight")
  }

  @Test func wholeNumbersAreNoWeights() throws {
    let weights = try checkpoint(.unet) {
      $0.add("a", .int32, shape: [1], bytes: [1, 0, 0, 0])
    }
    let error = #expect(throws: ModelError.self) { try weights.tensor("a", [1], .plain) }
    #expect(error?.what.contains("I32") == true)
  }

  @Test func firstGenerationAttention() throws {
    let root = "decoder.mid_block.attentions.0"
    let weights = try checkpoint(.vae) {
      $0.add("\(root).query.weight", shape: [2, 2, 1, 1], [1, 2, 3, 4])
      $0.add("\(root).proj_attn.bias", shape: [2], [5, 6])
      $0.add("\(root).to_k.weight", shape: [2, 2], [7, 8, 9, 10])
    }
    func numbers(_ name: String, _ shape: [Int]) throws -> [Float] {
      let tensor = try weights.tensor("\(root).\(name)", shape, .linear)
      #expect(tensor.shape == shape)
      return backend.download(tensor)
    }
    #expect(try numbers("to_q.weight", [2, 2]) == [1, 2, 3, 4])
    #expect(try numbers("to_out.0.bias", [2]) == [5, 6])
    #expect(try numbers("to_k.weight", [2, 2]) == [7, 8, 9, 10])
  }

  @Test func textEncodersWithAndWithoutPrefix() throws {
    let weights = try checkpoint(.textEncoder) {
      $0.add("final_layer_norm.bias", shape: [1], [1])
      $0.add("text_model.final_layer_norm.weight", shape: [1], [2])
      $0.add("embeddings.position_ids", .int64, shape: [1], bytes: Array(repeating: 0, count: 8))
    }
    for (name, value) in [("bias", Float(1)), ("weight", 2)] {
      let tensor = try weights.tensor("text_model.final_layer_norm.\(name)", [1], .plain)
      #expect(backend.download(tensor) == [value])
    }
  }

  @Test func everyElementTypeAndOddOffsets() throws {
    let weights = try checkpoint(.unet) {
      $0.add("wide", .float64, shape: [1], bytes: withUnsafeBytes(of: 1.5) { Array($0) })
      $0.add("half", .float16, shape: [1], bytes: [0, 0x3E])
      $0.add("brain", .bfloat16, shape: [1], bytes: [0xC0, 0x3F])
    }
    for name in ["wide", "half", "brain"] {
      #expect(backend.download(try weights.tensor(name, [1], .plain)) == [1.5], "\(name)")
    }
    // Data that begins at an odd byte: legal in the format.
    let json =
      #"{"pad":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""x":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#
    let bytes =
      withUnsafeBytes(of: UInt64(json.utf8.count)) { Array($0) } + Array(json.utf8) + [9]
      + withUnsafeBytes(of: Float(-3)) { Array($0) }
    let odd = Checkpoint([try SafetensorsFile(bytes: bytes, name: "x")], on: backend)
    #expect(backend.download(try odd.tensor("x", [1], .plain)) == [-3])
  }

  @Test func aDamagedFileIsRefusedWhenTheModelLoads() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let name = "unet/diffusion_pytorch_model.safetensors"
    let file = try SafetensorsFile(path: "\(folder.path)/\(name)")
    var writer = SafetensorsWriter()
    for key in file.names where key != "conv_out.bias" {
      let entry = try file.entry(key)
      try file.withBytes(key) {
        writer.add(key, try #require(entry.type), shape: entry.shape, bytes: Array($0))
      }
    }
    try folder.write(name, writer.bytes())
    let error = #expect(throws: ModelError.self) {
      try StableDiffusionModel(folder: folder.path, backend: backend)
    }
    #expect(error?.key == "conv_out.bias" && error?.file == "\(folder.path)/\(name)")
    try folder.write(name, writer.bytes().dropLast(10))
    #expect(throws: SafetensorsError.self) {
      try StableDiffusionModel(folder: folder.path, backend: backend)
    }
  }
}
