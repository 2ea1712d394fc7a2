import Foundation
import Safetensors
import StableDiffusion
import Tensors

/// Readers of a model's files.
enum ModelReaders {
  private static let folder = Scratch.folder("model")

  /// The header, then the bytes of every tensor that it promises.
  static let safetensors: @Sendable ([UInt8]) -> Void = { bytes in
    guard let file = try? SafetensorsFile(bytes: bytes, name: "input") else { return }
    for name in file.names {
      let sum = try? file.withBytes(name) { $0.reduce(0) { $0 &+ Int($1) } }
      precondition(sum != nil, "a checked tensor can be read")
    }
  }

  /// A single-file checkpoint: its family and what it says of itself.
  static let checkpoint: @Sendable ([UInt8]) -> Void = { bytes in
    let path = "\(folder)/model.safetensors"
    Scratch.write(bytes, path)
    _ = try? ModelDescription(folder: "\(path)?config=/nowhere")
  }

  /// Every config, and the layout of blocks that a UNet's config makes.
  static let configs: @Sendable ([UInt8]) -> Void = { bytes in
    let path = "\(folder)/config.json"
    Scratch.write(bytes, path)
    if let config = try? UNetConfig(path: path) {
      let geometry = UNetGeometry(config)
      _ = geometry.sites(height: 64, width: 64, textLength: 77)
    }
    _ = try? VAEConfig(path: path)
    _ = try? CLIPTextConfig(path: path)
    if let config = try? SchedulerConfig(path: path) {
      let schedule = NoiseSchedule(config)
      for sampler in SamplerName.allCases { _ = try? sampler.make(steps: 7, schedule) }
    }
    Scratch.write(bytes, "\(folder)/model_index.json")
    _ = try? ModelIndex(folder: folder)
  }

  /// The index of a sharded component.
  static let index: @Sendable ([UInt8]) -> Void = { bytes in
    Scratch.write(bytes, "\(folder)/model.safetensors.index.json")
    guard let files = try? ComponentFiles(folder: folder, stem: "model") else { return }
    _ = try? Checkpoint(files, spellings: .textEncoder, on: ShapeBackend())
  }
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
