import Foundation
import Safetensors
import Testing

/// Writes a model folder as one file in the layout of the original latent-diffusion code.
///
/// Names are rewritten from the folder's, by rules of its own: it shares nothing with the reader.
struct OriginalWriter {
  /// Beginnings of names, and what stands there instead in some merges.
  typealias Renaming = (from: String, to: String)

  let folder: String
  private let renaming: [Renaming]
  private var writer: SafetensorsWriter

  private init(_ folder: String, metadata: [String: String], renaming: [Renaming]) {
    (self.folder, self.renaming) = (folder, renaming)
    writer = SafetensorsWriter(metadata: metadata)
  }

  /// The whole model as the bytes of a file, and tensors that training leaves in such files.
  ///
  /// - Parameters:
  ///   - folder: a fixture in the diffusers layout.
  ///   - metadata: the header's.
  ///   - renaming: other beginnings of names.
  static func bytes(
    of folder: String, metadata: [String: String] = [:], renaming: [Renaming] = []
  ) throws -> [UInt8] {
    var writer = OriginalWriter(folder, metadata: metadata, renaming: renaming)
    let second = FileManager.default.fileExists(atPath: "\(folder)/text_encoder_2")
    let gelu = try String(contentsOfFile: "\(folder)/text_encoder/config.json", encoding: .utf8)
      .contains("\"gelu\"")
    try writer.addUNet()
    try writer.addVAE()
    if second {
      try writer.addCLIP("text_encoder", "conditioner.embedders.0.transformer.text_model.")
      try writer.addOpenCLIP("text_encoder_2", "conditioner.embedders.1.model.")
    } else if gelu {
      try writer.addOpenCLIP("text_encoder", "cond_stage_model.model.", another: true)
    } else {
      try writer.addCLIP("text_encoder", "cond_stage_model.transformer.text_model.")
    }
    writer.writer.add("betas", shape: [2], [0.1, 0.2])
    writer.writer.add("model_ema.decay", shape: [1], [0.9999])
    return writer.writer.bytes()
  }

  private typealias Stored = (name: String, type: StoredType, shape: [Int], bytes: [UInt8])

  private func tensors(_ component: String) throws -> [Stored] {
    let stem = component.hasPrefix("text") ? "model" : "diffusion_pytorch_model"
    let file = try SafetensorsFile(path: "\(folder)/\(component)/\(stem).safetensors")
    return try file.names.map { name in
      let entry = try file.entry(name)
      let bytes = try file.withBytes(name) { Array($0) }
      return (name, try #require(entry.type), entry.shape, bytes)
    }
  }

  private mutating func add(_ name: String, _ tensor: Stored) {
    let other = renaming.first { name.hasPrefix($0.from) }
    writer.add(
      other.map { $0.to + name.dropFirst($0.from.count) } ?? name, tensor.type,
      shape: tensor.shape, bytes: tensor.bytes)
  }

  private mutating func addUNet() throws {
    let all = try tensors("unet")
    let layers = Set(
      all.map(\.name).filter { $0.hasPrefix("down_blocks.0.resnets.") }
        .map { $0.split(separator: ".")[3] }
    ).count
    for tensor in all {
      let attends = { (block: Substring) in
        all.contains { $0.name.hasPrefix("up_blocks.\(block).attentions.") }
      }
      add("model.diffusion_model." + Self.unetName(tensor.name, layers, attends), tensor)
    }
  }

  private static func unetName(
    _ name: String, _ layers: Int, _ attends: (Substring) -> Bool
  ) -> String {
    func at(_ place: String, _ prefix: String) -> String {
      place + "." + inside(String(name.dropFirst(prefix.count + 1)))
    }
    if let m = name.firstMatch(of: /^down_blocks\.(\d+)\.(resnets|attentions)\.(\d+)/),
      let block = Int(m.1), let layer = Int(m.3)
    {
      let number = 1 + block * (layers + 1) + layer
      return at("input_blocks.\(number).\(m.2 == "resnets" ? 0 : 1)", String(m.0))
    }
    if let m = name.firstMatch(of: /^down_blocks\.(\d+)\.downsamplers\.0\.conv/),
      let block = Int(m.1)
    {
      return at("input_blocks.\((block + 1) * (layers + 1)).0.op", String(m.0))
    }
    if let m = name.firstMatch(of: /^up_blocks\.(\d+)\.(resnets|attentions)\.(\d+)/),
      let block = Int(m.1), let layer = Int(m.3)
    {
      let number = block * (layers + 1) + layer
      return at("output_blocks.\(number).\(m.2 == "resnets" ? 0 : 1)", String(m.0))
    }
    if let m = name.firstMatch(of: /^up_blocks\.(\d+)\.upsamplers\.0\.conv/), let block = Int(m.1) {
      let number = block * (layers + 1) + layers
      return at("output_blocks.\(number).\(attends(m.1) ? 2 : 1).conv", String(m.0))
    }
    return [
      ("mid_block.resnets.0", "middle_block.0"), ("mid_block.attentions.0", "middle_block.1"),
      ("mid_block.resnets.1", "middle_block.2"), ("time_embedding.linear_1", "time_embed.0"),
      ("time_embedding.linear_2", "time_embed.2"), ("add_embedding.linear_1", "label_emb.0.0"),
      ("add_embedding.linear_2", "label_emb.0.2"), ("conv_in", "input_blocks.0.0"),
      ("conv_norm_out", "out.0"), ("conv_out", "out.2"),
    ].first { name.hasPrefix($0.0 + ".") }.map { at($0.1, $0.0) } ?? name
  }

  private static func inside(_ name: String) -> String {
    [
      ("norm1.", "in_layers.0."), ("conv1.", "in_layers.2."), ("time_emb_proj.", "emb_layers.1."),
      ("norm2.", "out_layers.0."), ("conv2.", "out_layers.3."),
      ("conv_shortcut.", "skip_connection."),
    ].first { name.hasPrefix($0.0) }.map { $0.1 + name.dropFirst($0.0.count) } ?? name
  }

  private mutating func addVAE() throws {
    let all = try tensors("vae")
    let levels = Set(
      all.map(\.name).filter { $0.hasPrefix("decoder.up_blocks.") }
        .map { $0.split(separator: ".")[2] }
    ).count
    for var tensor in all {
      var name = tensor.name
      for (new, old) in [
        ("conv_norm_out", "norm_out"), ("mid_block.resnets.0", "mid.block_1"),
        ("mid_block.resnets.1", "mid.block_2"), ("mid_block.attentions.0", "mid.attn_1"),
        (".group_norm", ".norm"), (".to_q", ".q"), (".to_k", ".k"), (".to_v", ".v"),
        (".to_out.0", ".proj_out"), (".query", ".q"), (".key", ".k"), (".value", ".v"),
        (".proj_attn", ".proj_out"), ("downsamplers.0.conv", "downsample.conv"),
        ("upsamplers.0.conv", "upsample.conv"), ("down_blocks", "down"), ("resnets", "block"),
        ("conv_shortcut", "nin_shortcut"),
      ] { name = name.replacing(new, with: old) }
      if let m = name.firstMatch(of: /up_blocks\.(\d+)/), let block = Int(m.1) {
        name.replaceSubrange(m.range, with: "up.\(levels - 1 - block)")
      }
      if name.contains("attn_1"), tensor.shape.count == 2 { tensor.shape += [1, 1] }
      add("first_stage_model." + name, tensor)
    }
  }

  private mutating func addCLIP(_ component: String, _ prefix: String) throws {
    for tensor in try tensors(component) {
      add(prefix + tensor.name.replacing("text_model.", with: ""), tensor)
    }
  }

  /// `another`: with one more block, of zeros; the second version is trained with 24 and uses 23.
  private mutating func addOpenCLIP(
    _ component: String, _ prefix: String, another: Bool = false
  ) throws {
    var byName: [String: Stored] = [:]
    for tensor in try tensors(component) {
      byName[tensor.name.replacing("text_model.", with: "")] = tensor
    }
    if another {
      let count = Set(byName.keys.compactMap { $0.firstMatch(of: /^encoder\.layers\.(\d+)\./)?.1 })
        .count
      for (name, tensor) in byName where name.hasPrefix("encoder.layers.\(count - 1).") {
        var zeros = tensor
        zeros.bytes = Array(repeating: 0, count: tensor.bytes.count)
        byName[name.replacing("layers.\(count - 1).", with: "layers.\(count).")] = zeros
      }
    }
    for (name, tensor) in byName.sorted(by: { $0.key < $1.key }) {
      var stored = tensor
      if let m = name.firstMatch(of: /^encoder\.layers\.(\d+)\.self_attn\.q_proj\.(weight|bias)$/) {
        let root = "encoder.layers.\(m.1).self_attn"
        for part in ["k", "v"] {
          stored.bytes += byName["\(root).\(part)_proj.\(m.2)"]?.bytes ?? []
        }
        stored.shape[0] *= 3
        add("\(prefix)transformer.resblocks.\(m.1).attn.in_proj_\(m.2)", stored)
      } else if name == "text_projection.weight" {
        let (rows, columns) = (stored.shape[0], stored.shape[1])
        stored.bytes = (0..<rows * columns).flatMap { place -> ArraySlice<UInt8> in
          let (column, row) = place.quotientAndRemainder(dividingBy: rows)
          let first = (row * columns + column) * stored.type.byteCount
          return tensor.bytes[first..<first + stored.type.byteCount]
        }
        stored.shape = [columns, rows]
        add("\(prefix)text_projection", stored)
      } else if !name.contains("self_attn.k_proj"), !name.contains("self_attn.v_proj") {
        add(prefix + Self.openCLIPName(name), stored)
      }
    }
    // What is not of the text.
    add("\(prefix)logit_scale", ("", .float16, [1], [0x9a, 0x44]))
  }

  private static func openCLIPName(_ name: String) -> String {
    var name = name
    for (new, old) in [
      ("embeddings.token_embedding", "token_embedding"),
      ("embeddings.position_embedding.weight", "positional_embedding"),
      ("final_layer_norm", "ln_final"), ("encoder.layers", "transformer.resblocks"),
      ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"),
      ("mlp.fc2", "mlp.c_proj"), ("self_attn.out_proj", "attn.out_proj"),
    ] { name = name.replacing(new, with: old) }
    return name
  }
}
