import Files
import Foundation

/// A repository as the hub has it: files at one commit, and their hashes.
struct HubRepository: Sendable {
  let name: String
  let commit: String
  var files: [String: [UInt8]]

  init(_ name: String = "org/mini", commit: String = String(repeating: "c0", count: 20)) {
    (self.name, self.commit, files) = (name, commit, Self.model)
  }

  /// The hash that names a file's blob: SHA-256 for weights, git's SHA-1 for the rest.
  func hash(_ path: String) -> String {
    let bytes = files[path] ?? []
    var hash = ByteHash(isLarge(path) ? .sha256 : .sha1)
    if !isLarge(path) { hash.update(Array("blob \(bytes.count)\0".utf8)) }
    hash.update(bytes)
    return hash.value.hexadecimal
  }

  func isLarge(_ path: String) -> Bool { path.hasSuffix(".safetensors") || path.hasSuffix(".bin") }

  /// What `tree` lists.
  var tree: [[String: Any]] {
    files.keys.sorted().map { path in
      var entry: [String: Any] = [
        "type": "file", "path": path, "oid": hash(path), "size": files[path]?.count ?? 0,
      ]
      if isLarge(path) {
        entry["oid"] = String(repeating: "0", count: 40)
        entry["lfs"] = ["oid": hash(path), "size": files[path]?.count ?? 0, "pointerSize": 134]
      }
      return entry
    }
  }

  /// Bytes that look like nothing, always the same ones.
  static func bytes(_ count: Int, seed: UInt32) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  /// A pipeline's files: the unet in two shards, a variant of it, and much that no run reads.
  private static var model: [String: [UInt8]] {
    let shards = [
      "diffusion_pytorch_model-00001-of-00002.safetensors",
      "diffusion_pytorch_model-00002-of-00002.safetensors",
    ]
    var files: [String: [UInt8]] = [
      "model_index.json": Array(#"{"_class_name": "StableDiffusionPipeline"}"#.utf8),
      "scheduler/scheduler_config.json": Array("{}".utf8),
      "tokenizer/vocab.json": Array("{\"v\": 0}".utf8), "tokenizer/merges.txt": Array("#v\n".utf8),
      "text_encoder/config.json": Array("{\"a\": 1}".utf8),
      "unet/config.json": Array("{\"b\": 2}".utf8), "vae/config.json": Array("{\"c\": 3}".utf8),
      "text_encoder/model.safetensors": bytes(90_000, seed: 1),
      "vae/diffusion_pytorch_model.safetensors": bytes(300_000, seed: 2),
      "unet/diffusion_pytorch_model.safetensors.index.json": Array(
        #"{"weight_map": {"x": "\#(shards[0])", "y": "\#(shards[1])", "z": "\#(shards[0])"}}"#.utf8),
      "README.md": Array("words".utf8), "v1.safetensors": bytes(500, seed: 8),
      "unet/diffusion_pytorch_model.bin": bytes(400, seed: 9),
      "safety_checker/model.safetensors": bytes(700, seed: 10),
    ]
    for (index, shard) in shards.enumerated() {
      files["unet/\(shard)"] = bytes(400_000 + index, seed: 3 + UInt32(index))
    }
    for stem in ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model"] {
      files["\(stem).fp16.safetensors"] = bytes(150_000, seed: 6)
    }
    return files
  }

  /// The files that a plain pull needs.
  static let needed = [
    "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
    "text_encoder/model.safetensors", "tokenizer/merges.txt", "tokenizer/vocab.json",
    "unet/config.json", "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
    "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
    "unet/diffusion_pytorch_model.safetensors.index.json", "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
  ]
}
