import FoundationEssentials

/// The weight files of one component of a model folder.
public struct ComponentFiles: Sendable, Hashable {
  /// Paths of the safetensors files: one, or the shards of an index.
  public let paths: [String]
  /// Path of the index; `nil` for a single file.
  public let index: String?
  /// The variant that they are of; `nil` for full precision.
  public let variant: String?
  /// Path of the shard by tensor, as the index says; empty for a single file.
  let places: [String: String]
  /// Every path that was looked for until the files were found, and theirs.
  let inputs: [String]

  /// Finds `folder/stem.safetensors` or its shards: in the variant that is wanted if it is there, else in
  /// full precision, else in half, else in any other variant, the first by name.
  ///
  /// Throws `ModelError` where there is none, with the reason where only pickle files are there.
  public init(folder: String, stem: String, variant: ModelLocation.Variant? = nil) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let present = Set(names)
    var inputs: [String] = []
    func isThere(_ name: String) -> Bool {
      inputs.append("\(folder)/\(name)")
      return present.contains(name)
    }
    let usual: [String?] = [nil, "fp16"]
    let wanted: [String?] = if case .named(let name) = variant { [name] } else { [] }
    let others = Self.variants(of: stem, in: names).filter { !(wanted + usual).contains($0) }
    for candidate in wanted + usual + others {
      // Which others there are rests on the folder's list.
      if let candidate, others.contains(candidate) { inputs.append(folder) }
      let (file, indices) = Self.names(stem, candidate)
      if isThere(file) {
        (paths, index, places) = (["\(folder)/\(file)"], nil, [:])
        (self.variant, self.inputs) = (candidate, inputs)
        return
      }
      if let name = indices.first(where: isThere) {
        index = "\(folder)/\(name)"
        let map = try Self.shards(folder: folder, index: name, present: present)
        paths = Set(map.values).sorted()
        places = map
        (self.variant, self.inputs) = (candidate, inputs + paths)
        return
      }
    }
    throw Self.nothing(folder, stem, names)
  }

  /// What the weights of a variant are called in one file, and the index of those in shards.
  private static func names(_ stem: String, _ variant: String?) -> (String, [String]) {
    guard let variant else {
      return ("\(stem).safetensors", ["\(stem).safetensors.index.json"])
    }
    return (
      "\(stem).\(variant).safetensors",
      [
        "\(stem).safetensors.index.\(variant).json", "\(stem).safetensors.\(variant).index.json",
        "\(stem).\(variant).safetensors.index.json",
      ]
    )
  }

  /// The variants that files of a folder are of, sorted.
  private static func variants(of stem: String, in names: [String]) -> [String] {
    let found = names.compactMap { name -> String? in
      guard name.hasPrefix(stem + ".") else { return nil }
      var parts = name.dropFirst(stem.count + 1).split(separator: ".").map(String.init)
      guard let place = parts.firstIndex(of: "safetensors") else { return nil }
      parts.remove(at: place)
      if parts.last == "json", parts.contains("index") {
        parts.removeAll { $0 == "json" || $0 == "index" }
      }
      guard parts.count == 1, ModelLocation.Variant(rawValue: parts[0]) == .named(parts[0]) else {
        return nil
      }
      return parts[0]
    }
    return Set(found).sorted()
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
