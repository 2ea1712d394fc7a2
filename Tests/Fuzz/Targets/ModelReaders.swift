import CKernels
import EditJobs
import Foundation
import Safetensors
import StableDiffusion
import Tensors

/// Readers of a model's files.
enum ModelReaders {
  private static let folder = Scratch.folder("model")

  /// The header, then the bytes of every tensor that it promises, widened as loading does.
  static let safetensors: @Sendable ([UInt8]) -> Void = { bytes in
    guard let file = try? SafetensorsFile(bytes: bytes, name: "input") else { return }
    for name in file.names {
      let read = try? file.withBytes(name) { bytes in
        switch file.entries[name]?.type {
        case .float16: widen(bytes, by: ck_f16_to_f32)
        case .bfloat16: widen(bytes, by: ck_bf16_to_f32)
        default: bytes.reduce(0) { $0 + Int($1) }
        }
      }
      precondition(read != nil, "a checked tensor can be read")
    }
  }

  /// In memory that ends with the numbers, so that any access outside is seen.
  private static func widen(
    _ bytes: UnsafeRawBufferPointer,
    by kernel: (UnsafePointer<UInt16>?, UnsafeMutablePointer<Float>?, Int) -> Void
  ) -> Int {
    let count = bytes.count / 2
    let halves = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
    let numbers = UnsafeMutablePointer<Float>.allocate(capacity: count)
    defer {
      halves.deallocate()
      numbers.deallocate()
    }
    UnsafeMutableRawPointer(halves).copyMemory(
      from: bytes.baseAddress ?? .init(numbers), byteCount: 2 * count)
    kernel(halves, numbers, count)
    return count
  }

  /// A single-file checkpoint: its family, what it says of itself, and every tensor by its old name.
  static let checkpoint: @Sendable ([UInt8]) -> Void = { bytes in
    let path = "\(folder)/model.safetensors"
    Scratch.write(bytes, path)
    guard
      let model = try? ModelDescription(folder: "\(path)?config=\(TinyModels.folder(for: bytes))"),
      let loaded = try? StableDiffusionModel(model, backend: ShapeBackend())
    else { return }
    _ = try? loaded.loadEncoder()
  }

  /// Every config, and the layout of blocks that a UNet's config makes.
  static let configs: @Sendable ([UInt8]) -> Void = { bytes in
    let path = "\(folder)/config.json"
    Scratch.write(bytes, path)
    for pipeline in pipelines { read(path, of: pipeline) }
    _ = try? VAEConfig(path: path)
    _ = try? CLIPTextConfig(path: path)
    Scratch.write(bytes, "\(folder)/model_index.json")
    _ = try? ModelIndex(folder: folder)
  }

  private static func read(_ path: String, of pipeline: ModelIndex) {
    if let config = try? UNetConfig(path: path, of: pipeline) {
      let geometry = UNetGeometry(config)
      _ = geometry.sites(height: 64, width: 64, textLength: 77)
    }
    if let config = try? SchedulerConfig(path: path, of: pipeline) {
      let schedule = NoiseSchedule(config)
      for sampler in SamplerKind.allCases { _ = try? sampler.make(steps: 7, schedule) }
    }
  }

  private static let pipelines: [ModelIndex] = [
    "StableDiffusionPipeline", "StableDiffusionXLPipeline",
  ].compactMap { name in
    let folder = Scratch.folder(name)
    Scratch.write(Array(#"{"_class_name": "\#(name)"}"#.utf8), "\(folder)/model_index.json")
    return try? ModelIndex(folder: folder)
  }

  /// The index of a sharded component, whose shards lie beside it.
  static let index: @Sendable ([UInt8]) -> Void = { bytes in
    Scratch.write(bytes, "\(shards)/model.safetensors.index.json")
    guard let files = try? ComponentFiles(folder: shards, stem: "model"),
      let tensors = try? Checkpoint(files, spellings: .textEncoder, on: ShapeBackend())
    else { return }
    for name in ["a.weight", "b.weight", "b.bias"] { _ = try? tensors.tensor(name, [2], .plain) }
  }

  private static let shards = {
    let folder = Scratch.folder("shards")
    TinyModels.writeShards(folder)
    return folder
  }()
}

/// Files in memory that inputs are written to.
enum Scratch {
  /// A folder of this process.
  static func folder(_ name: String) -> String {
    let path = "/dev/shm/p2p-fuzz-\(ProcessInfo.processInfo.processIdentifier)/\(name)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static func write(_ bytes: [UInt8], _ path: String) {
    let made = FileManager.default.createFile(atPath: path, contents: Data(bytes))
    precondition(made, "\(path) cannot be written")
  }
}
