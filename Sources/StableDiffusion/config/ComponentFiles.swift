import FoundationEssentials

/// The weight files of one component of a model folder.
public struct ComponentFiles: Sendable, Hashable {
  /// Paths of the safetensors files: one, or the shards of an index.
  public let paths: [String]
  /// Path of the index; `nil` for a single file.
  public let index: String?
  /// Path of the shard by tensor, as the index says; empty for a single file.
  let places: [String: String]
  /// Every path that was looked for until the files were found, and theirs.
  let inputs: [String]

  /// Finds `folder/stem.safetensors` or its shards, in the variant that is wanted if it is there, else
  /// in the other one.
  ///
  /// Throws `ModelError` where there is none, with the reason where only pickle files are there.
  public init(folder: String, stem: String, variant: ModelLocation.Variant? = nil) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let present = Set(names)
    let full = ("\(stem).safetensors", ["\(stem).safetensors.index.json"])
    let half = (
      "\(stem).fp16.safetensors",
      ["\(stem).safetensors.index.fp16.json", "\(stem).safetensors.fp16.index.json"]
    )
    var inputs: [String] = []
    func isThere(_ name: String) -> Bool {
      inputs.append("\(folder)/\(name)")
      return present.contains(name)
    }
    for (file, indices) in variant == .half ? [half, full] : [full, half] {
      if isThere(file) {
        (paths, index, places) = (["\(folder)/\(file)"], nil, [:])
        self.inputs = inputs
        return
      }
      if let name = indices.first(where: isThere) {
        index = "\(folder)/\(name)"
        let map = try Self.shards(folder: folder, index: name, present: present)
        paths = Set(map.values).sorted()
        places = map
        self.inputs = inputs + paths
        return
      }
    }
    throw Self.nothing(folder, stem, names)
  }

  private static func shards(
    folder: String, index: String, present: Set<String>
  ) throws -> [String: String] {
    let file = try ConfigFile("\(folder)/\(index)")
    let map = try file("weight_map", [String: String]())
    let shards = Set(map.values).sorted()
    guard !shards.isEmpty else { throw file.wrong("weight_map", "it names no file") }
    for shard in shards {
      guard !shard.contains("/") else {
        throw file.wrong("weight_map", "\(shard) is not a file of this folder")
      }
      guard present.contains(shard) else {
        throw ModelError(
          .missing, file: "\(folder)/\(shard)", what: "the index names it and it is not there",
          hint: "copy or download the missing file")
      }
    }
    return map.mapValues { "\(folder)/\($0)" }
  }

  private static func nothing(_ folder: String, _ stem: String, _ names: [String]) -> ModelError {
    let pickles = names.filter { name in
      [".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".onnx"].contains { name.hasSuffix($0) }
    }
    if let pickle = pickles.sorted().first {
      return ModelError(
        .unsupported, file: "\(folder)/\(pickle)",
        what: "only safetensors files are read: a pickle file may run any program when opened",
        hint: "use a copy of the model that has \(stem).safetensors")
    }
    return ModelError(
      .missing, file: "\(folder)/\(stem).safetensors", what: "the weights are not there",
      hint: "check that the model was copied or downloaded completely")
  }
}
