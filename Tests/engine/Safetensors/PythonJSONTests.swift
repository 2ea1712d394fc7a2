import Foundation
import StableDiffusion
import Tensors
import Testing

/// JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` where there is no number.
@Suite struct PythonJSONTests {
  static let files = [
    "model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json",
    "scheduler/scheduler_config.json",
  ]

  @Test(arguments: files)
  func fieldsThatNobodyReadsMayBeNoNumbers(_ name: String) throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let plain = try ModelDescription(folder: folder.path)
    try folder.rewrite(name) {
      #"{"_a": NaN, "_b": [Infinity, {"c": -Infinity}], "lambda_min_clipped": -Infinity, "#
        + $0.drop { $0 != "{" }.dropFirst()
    }
    let found = try ModelDescription(folder: folder.path)
    #expect(found.unet == plain.unet && found.scheduler == plain.scheduler)
    #expect(found.vae == plain.vae && found.textEncoders == plain.textEncoders)
  }

  @Test(arguments: [
    ("unet/config.json", "norm_eps"), ("unet/config.json", "freq_shift"),
    ("unet/config.json", "in_channels"), ("vae/config.json", "scaling_factor"),
    ("text_encoder/config.json", "layer_norm_eps"),
    ("scheduler/scheduler_config.json", "beta_start"),
    ("scheduler/scheduler_config.json", "steps_offset"),
  ])
  func numbersThatAreReadMustBeSome(_ name: String, _ field: String) throws {
    for value in ["NaN", "Infinity", "-Infinity"] {
      let folder = try ModelFolder(copying: "tiny-sd2")
      let pattern = try Regex("\"\(field)\": (\\[[^\\]]*\\]|[^,\\n]*)")
      try folder.rewrite(name) { $0.replacing(pattern, with: "\"\(field)\": \(value)") }
      let error = #expect(throws: ModelError.self) { try ModelDescription(folder: folder.path) }
      #expect(error?.key == field && error?.kind == .damaged, "\(value)")
    }
  }

  @Test func anIndexMayHaveNoNumbers() throws {
    let folder = try ModelFolder(copying: "tiny-sd2")
    let shard = "diffusion_pytorch_model-00001-of-00001.safetensors"
    try folder.move("unet/diffusion_pytorch_model.safetensors", to: "unet/\(shard)")
    try folder.write(
      "unet/diffusion_pytorch_model.safetensors.index.json",
      Array(
        #"{"metadata": {"total_size": NaN}, "weight_map": {"conv_in.weight": "\#(shard)"}}"#.utf8))
    _ = try StableDiffusionModel(folder: folder.path, backend: ShapeBackend())
  }
}
