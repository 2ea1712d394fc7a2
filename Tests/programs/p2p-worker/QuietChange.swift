import EditJobs
import Files
import Foundation
import Testing

/// Ways to put other bytes where a model is, each keeping sizes and times of modification, as archives,
/// `cp -p`, package stores and links do.
enum QuietChange: String, CaseIterable, Sendable {
  /// Weights overwritten in place.
  case weights
  /// Weights replaced by a file that is renamed.
  case renamedWeights
  /// A component's folder is a link, which then points elsewhere.
  case linkedComponent
  /// The model's folder is a link, which then points elsewhere.
  case linkedFolder
  /// Every file is a link to a blob, as in the hub's cache, and one then points to another blob.
  case linkedBlob
  /// A shard of the weights is a link, which then points elsewhere.
  case linkedShard
  /// A config is overwritten in place.
  case config
  /// A tokenizer's file is overwritten in place.
  case tokenizer
  /// A tokenizer's file comes to be where none was.
  case newTokenizerFile
  /// Tokens beside the vocabulary come to be.
  case addedTokens
  /// A tokenizer in one file comes to lie beside the vocabulary.
  case tokenizerDocument
  /// Weights in full precision come to lie beside those in half.
  case newWeights
  /// A file with an autoencoder that is named beside the model is overwritten in place.
  case vaeFile

  private static let networkFile = "diffusion_pytorch_model.safetensors"
  private static let unet = "unet/\(networkFile)"
  private static let files = FileManager.default

  /// Lays a copy of the bundled model out in `folder`: where it is, and what changes it.
  func prepare(in folder: String) throws -> (model: String, change: () throws -> Void) {
    let (files, model, other) = (Self.files, "\(folder)/model", "\(folder)/other")
    try files.copyItem(atPath: WorkerProcess.model, toPath: model)
    func twin() throws {
      try files.copyItem(atPath: model, toPath: other)
      try Self.change("\(other)/\(Self.unet)")
    }
    switch self {
    case .weights: return (model, { try Self.change("\(model)/\(Self.unet)") })
    case .renamedWeights:
      try twin()
      return (
        model, { try Self.rename("\(other)/\(Self.unet)", over: "\(model)/\(Self.unet)") }
      )
    case .linkedComponent:
      try twin()
      try files.moveItem(atPath: "\(model)/unet", toPath: "\(folder)/unet")
      try Self.link("\(model)/unet", to: "../unet")
      return (model, { try Self.link("\(model)/unet", to: "../other/unet") })
    case .linkedFolder:
      try twin()
      try Self.link("\(folder)/current", to: "model")
      return ("\(folder)/current", { try Self.link("\(folder)/current", to: "other") })
    case .linkedBlob:
      try twin()
      try files.moveItem(atPath: "\(model)/\(Self.unet)", toPath: "\(folder)/blob")
      try Self.link("\(model)/\(Self.unet)", to: "../../blob")
      return (
        model, { try Self.link("\(model)/\(Self.unet)", to: "../../other/\(Self.unet)") }
      )
    case .linkedShard:
      try files.removeItem(atPath: model)
      _ = try ModelLayout.shards.write(WorkerProcess.model, into: folder)
      let shard = "unet/diffusion_pytorch_model-00002-of-00002.safetensors"
      try files.copyItem(atPath: model, toPath: other)
      try Self.change("\(other)/\(shard)")
      try files.moveItem(atPath: "\(model)/\(shard)", toPath: "\(folder)/shard")
      try Self.link("\(model)/\(shard)", to: "../../shard")
      return (model, { try Self.link("\(model)/\(shard)", to: "../../other/\(shard)") })
    case .config:
      let path = "\(model)/scheduler/scheduler_config.json"
      return (model, { try Self.replace("0.012", by: "0.011", in: path) })
    case .tokenizer:
      let path = "\(model)/tokenizer/merges.txt"
      return (model, { try Self.replace("#version: 0.2", by: "#version: 0.3", in: path) })
    case .newTokenizerFile:
      let path = "\(model)/tokenizer/special_tokens_map.json"
      try files.moveItem(atPath: path, toPath: "\(folder)/map.json")
      return (model, { try files.moveItem(atPath: "\(folder)/map.json", toPath: path) })
    case .addedTokens, .tokenizerDocument:
      let isList = self == .addedTokens
      let path = "\(model)/tokenizer/\(isList ? "added_tokens" : "tokenizer").json"
      let text = isList ? #"{"<toy>": 5}"# : #"{"added_tokens": [{"id": 5, "content": "<toy>"}]}"#
      return (model, { try text.write(toFile: path, atomically: true, encoding: .utf8) })
    case .vaeFile:
      let path = "\(folder)/vae.safetensors"
      try files.copyItem(atPath: "\(model)/vae/\(Self.networkFile)", toPath: path)
      return ("\(model)?vae=\(path)", { try Self.change(path) })
    case .newWeights:
      let half = "\(model)/unet/diffusion_pytorch_model.fp16.safetensors"
      try files.moveItem(atPath: "\(model)/\(Self.unet)", toPath: half)
      try files.copyItem(atPath: half, toPath: "\(folder)/whole")
      try Self.change("\(folder)/whole")
      return (
        model, { try files.moveItem(atPath: "\(folder)/whole", toPath: "\(model)/\(Self.unet)") }
      )
    }
  }

  /// Turns a bit of a file's last byte, in place, and sets its time back.
  static func change(_ path: String) throws {
    try keepingTime(of: path) {
      let file = try FileHandle(forUpdating: URL(filePath: path))
      let end = try file.seekToEnd()
      try file.seek(toOffset: end - 1)
      let last = try #require(try file.read(upToCount: 1)?.first)
      try file.seek(toOffset: end - 1)
      try file.write(contentsOf: Data([last ^ 1]))
      try file.close()
    }
  }

  private static func replace(_ old: String, by new: String, in path: String) throws {
    try keepingTime(of: path) {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let changed = text.replacing(old, with: new)
      try #require(changed != text && changed.utf8.count == text.utf8.count)
      try changed.write(toFile: path, atomically: false, encoding: .utf8)
    }
  }

  private static func keepingTime(of path: String, _ body: () throws -> Void) throws {
    var facts = stat()
    try #require(stat(path, &facts) == 0)
    try body()
    // To the nanosecond, which a `Date` has no room for.
    try #require(utimensat(AT_FDCWD, path, [facts.st_atim, facts.st_mtim], 0) == 0)
    let (old, new) = (facts, try #require(FileStamp(path: path)))
    try #require(new.modified == FileStamp(old).modified && new.inode == old.st_ino)
  }

  private static func rename(_ path: String, over old: String) throws {
    guard Foundation.rename(path, old) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Makes a link, or has it point elsewhere at one stroke.
  private static func link(_ path: String, to target: String) throws {
    let new = "\(path).new"
    try files.createSymbolicLink(atPath: new, withDestinationPath: target)
    try rename(new, over: path)
  }
}
