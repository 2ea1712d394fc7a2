import EditJobs
import Files
import Foundation
import PromptToPrompt
import StableDiffusion
import Tensors
import Testing

/// Which folders are models, and what is said of those that are not.
@Suite struct ModelFolderTests {
  private func refusal(_ folder: ModelFolder) -> ModelError? {
    #expect(throws: ModelError.self) { try ModelDescription(folder: folder.path) }
  }

  @Test(arguments: [
    "StableDiffusionXLImg2ImgPipeline", "StableDiffusionInpaintPipeline", "FluxPipeline",
  ])
  func otherPipelinesAreNamed(_ name: String) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.set("_class_name", to: name, in: "model_index.json")
    let error = refusal(folder)
    #expect(error?.kind == .unsupported && error?.what.contains(name) == true)
    #expect(error?.file.hasSuffix("model_index.json") == true)
  }

  @Test func inpaintingModelsAreRefusedWithTheReason() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.set("in_channels", to: 9, in: "unet/config.json")
    let error = refusal(folder)
    #expect(error?.kind == .unsupported && error?.what.contains("inpainting") == true)
  }

  static let fields: [(file: String, field: String, value: any Sendable, kind: ModelError.Kind)] = [
    ("unet/config.json", "addition_embed_type", "image", .unsupported),
    ("unet/config.json", "down_block_types", ["A", "B", "DownBlock2D"], .unsupported),
    ("unet/config.json", "block_out_channels", [32, 64], .damaged),
    ("unet/config.json", "norm_num_groups", 7, .damaged),
    ("unet/config.json", "cross_attention_dim", 40, .damaged),
    ("unet/config.json", "layers_per_block", "two", .damaged),
    ("unet/config.json", "layers_per_block", 0, .damaged),
    ("vae/config.json", "latent_channels", 16, .damaged),
    ("vae/config.json", "_class_name", "AutoencoderTiny", .unsupported),
    ("text_encoder/config.json", "hidden_act", "relu", .unsupported),
    ("text_encoder/config.json", "architectures", ["T5EncoderModel"], .unsupported),
    ("scheduler/scheduler_config.json", "prediction_type", "sample", .unsupported),
    ("scheduler/scheduler_config.json", "beta_start", 2.0, .damaged),
    ("scheduler/scheduler_config.json", "rescale_betas_zero_snr", true, .unsupported),
  ]

  @Test(arguments: fields.indices)
  func fieldsThatAreNotRun(_ index: Int) throws {
    let (file, field, value, kind) = Self.fields[index]
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.set(field, to: value, in: file)
    let error = refusal(folder)
    #expect(error?.kind == kind, "\(error?.description ?? "nothing thrown")")
    #expect(error?.key != nil && error?.file.isEmpty == false)
  }

  @Test func picklesAreRefusedWithTheReason() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.move(
      "unet/diffusion_pytorch_model.safetensors", to: "unet/diffusion_pytorch_model.bin")
    let error = refusal(folder)
    #expect(error?.kind == .unsupported && error?.what.contains("pickle") == true)
  }

  @Test func missingPartsAreNamed() throws {
    for name in ["model_index.json", "vae/config.json", "unet/diffusion_pytorch_model.safetensors"]
    {
      let folder = try ModelFolder(copying: "tiny-sd2")
      try folder.remove(name)
      let error = refusal(folder)
      #expect(error?.kind == .missing && error?.file == "\(folder.path)/\(name)")
    }
    #expect(throws: ModelError.self) { try ModelDescription(folder: "/no/such/model") }
  }

  @Test func textThatIsNoConfig() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.write("unet/config.json", Array("[1, 2".utf8))
    #expect(refusal(folder)?.kind == .damaged)
  }

  @Test func aTokenizerWithUnknownTokensIsRefused() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.set("strange", to: 100_000, in: "tokenizer/vocab.json")
    let model = try StableDiffusionModel(folder: folder.path, backend: ShapeBackend())
    let error = #expect(throws: EditError.self) { try PromptEncoder(model) }
    #expect(error?.code == "tokenizer-damaged" && error?.what.contains("100000") == true)
  }

  /// Textual inversion: a token beside the vocabulary, and a row of the encoder for it, or none.
  @Test(arguments: [
    ("added_tokens.json", #"{"<cat-toy>": 49408}"#),
    (
      "tokenizer_config.json",
      #"{"added_tokens_decoder": {"49408": {"content": "<cat-toy>", "special": false}}}"#
    ),
    ("tokenizer.json", #"{"added_tokens": [{"id": 49408, "content": "<cat-toy>"}]}"#),
  ])
  func anAddedTokenWantsARowOfTheEncoder(_ file: String, _ text: String) throws {
    let folder = try ModelFolder(copying: "tiny-sd1")
    let plain = try ModelDescription(folder: folder.path).loadedFiles.map(\.path)
    try folder.write("tokenizer/\(file)", Array(text.utf8))
    let model = try StableDiffusionModel(folder: folder.path, backend: ShapeBackend())
    // What is read is hashed.
    let paths = model.description.loadedFiles.map(\.path)
    #expect(paths.contains("\(folder.path)/tokenizer/\(file)"))
    #expect(Set(paths).isSuperset(of: plain))
    let error = #expect(throws: EditError.self) { try PromptEncoder(model) }
    #expect(error?.code == "tokenizer-misfit" && error?.what.contains("49408") == true)
    #expect(error?.what.contains("<cat-toy>") == true && error?.status == .data)
    #expect(error?.what.hasPrefix("\(folder.path)/tokenizer/\(file): ") == true)
  }

  @Test func aConfigThatIsNoFile() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    try folder.remove("vae/config.json")
    try folder.write("vae/config.json/x", Array("{}".utf8))
    #expect(refusal(folder)?.kind == .damaged)
  }

  @Test func theHalfPrecisionVariantIsTakenWhereOnlyItExists() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let variant = "unet/diffusion_pytorch_model.fp16.safetensors"
    try folder.move("unet/diffusion_pytorch_model.safetensors", to: variant)
    let paths = try ModelDescription(folder: folder.path).loadedFiles.map(\.path)
    #expect(paths.contains("\(folder.path)/\(variant)"))
  }

  @Test func theSettingSaysWhichOfTwoVariantsIsTaken() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let (full, half) = (
      "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors"
    )
    try FileManager.default.copyItem(
      atPath: "\(folder.path)/\(full)", toPath: "\(folder.path)/\(half)")
    for (setting, expected) in [("", full), ("?variant=full", full), ("?variant=fp16", half)] {
      let files = try ModelDescription(folder: folder.path + setting).loadedFiles
      #expect(files.contains { $0.path == "\(folder.path)/\(expected)" }, "\(setting)")
      #expect(files.count { $0.path.contains("/unet/diffusion_pytorch_model") } == 1)
      // What has one variant alone is taken as it is.
      #expect(files.contains { $0.path.hasSuffix("text_encoder/model.safetensors") })
    }
  }

  /// Any variant: by its name, and by itself where no other is there; a name that no part has is refused.
  @Test(arguments: ["bf16", "non_ema", "int8-weights"])
  func otherVariants(_ name: String) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let (full, other) = (
      "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.\(name).safetensors"
    )
    func taken(_ setting: String) throws -> [String] {
      try ModelDescription(folder: folder.path + setting).loadedFiles
        .filter { $0.role.hasPrefix("unet.weights") }.map(\.path)
    }
    let error = #expect(throws: ModelError.self) { try taken("?variant=\(name)") }
    #expect(error?.kind == .missing && error?.what.contains(name) == true)
    try FileManager.default.copyItem(
      atPath: "\(folder.path)/\(full)", toPath: "\(folder.path)/\(other)")
    #expect(try taken("") == ["\(folder.path)/\(full)"])
    #expect(try taken("?variant=full") == ["\(folder.path)/\(full)"])
    #expect(try taken("?variant=\(name)") == ["\(folder.path)/\(other)"])
    try folder.remove(full)
    #expect(try taken("") == ["\(folder.path)/\(other)"])
    // A variant that comes to lie there and goes before it shows.
    let inputs = try ModelDescription(folder: folder.path).inputs
    #expect(inputs.contains("\(folder.path)/unet") && inputs.contains("\(folder.path)/\(full)"))
  }

  @Test func shardsOfAnIndex() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let shard = "diffusion_pytorch_model-00001-of-00001.safetensors"
    let index = "unet/diffusion_pytorch_model.safetensors.index.json"
    try folder.move("unet/diffusion_pytorch_model.safetensors", to: "unet/\(shard)")
    try folder.write(index, Array(#"{"weight_map": {"conv_in.weight": "\#(shard)"}}"#.utf8))
    let model = try StableDiffusionModel(folder: folder.path, backend: ReferenceBackend())
    let roles = model.description.loadedFiles
    #expect(roles.contains { $0.role == "unet.index" && $0.path == "\(folder.path)/\(index)" })
    try folder.write(index, Array(#"{"weight_map": {"conv_in.weight": "../x"}}"#.utf8))
    #expect(refusal(folder)?.kind == .damaged)
    try folder.write(index, Array(#"{"weight_map": {"conv_in.weight": "y"}}"#.utf8))
    #expect(refusal(folder)?.kind == .missing)
  }
}
