import Foundation
import Safetensors
import StableDiffusion
import Testing

/// Which files are models, and what is said of those that are not.
@Suite struct CheckpointFamilyTests {
  private static let unet = "model.diffusion_model.input_blocks.0.0.weight"

  /// A kind of file that is not run: its tensors, and a word of what is said of it.
  struct Refused: CustomTestStringConvertible, Sendable {
    var word: String
    var channels = 4
    var names: [String]
    var testDescription: String { word }
  }

  static let refused = [
    Refused(word: "inpainting", channels: 9, names: [unet, "cond_stage_model.transformer.x"]),
    Refused(
      word: "instruct-pix2pix", channels: 8, names: [unet, "cond_stage_model.transformer.x"]),
    Refused(word: "depth", channels: 5, names: [unet, "cond_stage_model.model.x"]),
    Refused(word: "upscaler", channels: 7, names: [unet, "cond_stage_model.model.x"]),
    Refused(
      word: "refiner",
      names: [
        unet, "model.diffusion_model.label_emb.0.0.weight",
        "conditioner.embedders.0.model.ln_final",
      ]),
    Refused(word: "LoRA", names: ["lora_unet_down_blocks_0.lora_down.weight"]),
    Refused(word: "ControlNet", names: ["control_model.input_blocks.0.0.weight"]),
    Refused(word: "Flux", names: ["double_blocks.0.img_attn.qkv.weight"]),
    Refused(word: "Stable Diffusion 3", names: ["model.diffusion_model.joint_blocks.0.x"]),
    Refused(word: "one part", names: ["decoder.conv_in.weight"]),
    Refused(word: "one part", names: ["down_blocks.0.resnets.0.conv1.weight"]),
    Refused(word: "no checkpoint", names: ["weight"]),
    Refused(word: "text encoder", names: [unet]),
    Refused(word: "without any signal", names: [unet, "cond_stage_model.transformer.x", "ztsnr"]),
  ]

  @Test(arguments: refused) func otherKindsAreNamed(_ kind: Refused) throws {
    let place = try ModelFolder(copying: nil)
    var writer = SafetensorsWriter()
    for name in kind.names {
      let shape = name == Self.unet ? [1, kind.channels, 1, 1] : [1]
      writer.add(name, shape: shape, [Float](repeating: 0, count: shape.reduce(1, *)))
    }
    try place.write("model.safetensors", writer.bytes())
    let error = #expect(throws: ModelError.self) {
      try ModelDescription(
        folder: "\(place.path)/model.safetensors?config=\(fixture("models/tiny-sd1"))")
    }
    #expect(error?.kind == .unsupported && error?.what.contains(kind.word) == true)
    #expect(error?.file == "\(place.path)/model.safetensors")
  }

  @Test(arguments: [
    ("model.ckpt", [UInt8]("PK\u{3}\u{4}abcd".utf8)), ("model.pt", [0x80, 2, 0x7D, 0x71]),
    ("model.bin", [1, 2, 3, 4]), ("disguised.safetensors", Array("PK\u{3}\u{4}abcd".utf8)),
    ("old.safetensors", [0x80, 2, 0x8A, 0x0A, 0x6C]), ("model", Array("GGUF".utf8)),
  ])
  func otherFormatsAreRefusedWithTheReason(_ name: String, _ bytes: [UInt8]) throws {
    let place = try ModelFolder(copying: nil)
    try place.write(name, bytes)
    let error = #expect(throws: ModelError.self) {
      try ModelDescription(folder: "\(place.path)/\(name)")
    }
    #expect(error?.kind == .unsupported && error?.what.contains("only safetensors") == true)
  }

  @Test func aFileThatIsNotThereIsNamed() {
    let error = #expect(throws: SafetensorsError.self) {
      try ModelDescription(folder: "/no/such/model.safetensors")
    }
    #expect(error?.file == "/no/such/model.safetensors")
  }

  @Test(arguments: [
    "x?config", "x?colour=red", "x?variant=b f", "x?variant=", "x?variant=a.b",
    "x?prediction=sample",
  ])
  func settingsThatDoNotExist(_ text: String) {
    #expect(throws: ModelError.self) { try ModelLocation(text) }
  }

  @Test func locationsAsText() throws {
    let text = "/models/a.safetensors?config=/models/b&variant=fp16&prediction=v_prediction"
    let location = try ModelLocation(text)
    #expect(location.path == "/models/a.safetensors" && location.config == "/models/b")
    #expect(location.variant == .named("fp16") && location.prediction == .velocity)
    #expect(location.description == text)
    #expect(try ModelLocation("/models/a").description == "/models/a")
  }
}
