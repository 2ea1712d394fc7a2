import EditJobs
import Foundation
import Safetensors
import StableDiffusion
import Tensors
import Testing

/// Weights of eight bits: every byte's number, and whole models of them.
@Suite struct EightBitTests {
  /// A float32 of the same exponent and fraction bits, brought to the format's bias by a product, which
  /// is exact: another way than the reader's.
  private func widened(_ byte: UInt8, fractionBits: Int, bias: Int) -> Float {
    let bits = UInt32(byte & 0x7f) << UInt32(23 - fractionBits)
    let number = Float(bitPattern: bits) * Float(sign: .plus, exponent: 127 - bias, significand: 1)
    return byte & 0x80 == 0 ? number : -number
  }

  private func expect(_ type: StoredType, _ number: (UInt8) -> Float) throws {
    let numbers = try #require(type.eightBitNumbers)
    #expect(numbers.count == 256 && type.byteCount == 1)
    for byte in UInt8.min...UInt8.max {
      let (found, wanted) = (numbers[Int(byte)], number(byte))
      let isRight = wanted.isNaN ? found.isNaN : found.bitPattern == wanted.bitPattern
      #expect(isRight, "\(type.rawValue) \(byte): \(found) instead of \(wanted)")
    }
  }

  @Test func everyByte() throws {
    try expect(.float8E4M3) {
      $0 & 0x7f == 0x7f ? .nan : widened($0, fractionBits: 3, bias: 7)
    }
    // The upper byte of a float16, infinities and NaN too.
    try expect(.float8E5M2) { Float(Float16(bitPattern: UInt16($0) << 8)) }
    try expect(.float8E4M3FNUZ) { $0 == 0x80 ? .nan : widened($0, fractionBits: 3, bias: 8) }
    try expect(.float8E5M2FNUZ) { $0 == 0x80 ? .nan : widened($0, fractionBits: 2, bias: 16) }
  }

  /// Table 1 of Micikevicius et al. 2022.
  @Test func publishedNumbers() throws {
    let (narrow, wide) = (
      try #require(StoredType.float8E4M3.eightBitNumbers),
      try #require(StoredType.float8E5M2.eightBitNumbers)
    )
    #expect(narrow[0x7e] == 448 && narrow[0x08] == 0x1p-6 && narrow[0x07] == 0.875 * 0x1p-6)
    #expect(narrow[0x01] == 0x1p-9 && narrow[0xfe] == -448 && narrow[0x80].sign == .minus)
    #expect(wide[0x7b] == 57344 && wide[0x04] == 0x1p-14 && wide[0x01] == 0x1p-16)
    #expect(wide[0x7c] == .infinity && wide[0xfc] == -.infinity && wide[0x7d].isNaN)
  }

  @Test func otherTypesAreNoneOfThem() {
    #expect(StoredType.float16.eightBitNumbers == nil && StoredType.int8.eightBitNumbers == nil)
  }

  private func checkpoint(_ fill: (inout SafetensorsWriter) -> Void) throws -> Checkpoint {
    var writer = SafetensorsWriter()
    fill(&writer)
    return Checkpoint(
      [try SafetensorsFile(bytes: writer.bytes(), name: "x")], on: ReferenceBackend())
  }

  @Test func weightsAreWidened() throws {
    let weights = try checkpoint {
      $0.add("a.weight", .float8E4M3, shape: [2, 2], bytes: [0x38, 0xb8, 0x7e, 0x01])
      $0.add("b.weight", .float8E5M2, shape: [3], bytes: [0x3c, 0xc0, 0x7b])
    }
    let backend = ReferenceBackend()
    #expect(
      backend.download(try weights.tensor("a.weight", [2, 2], .linear)) == [1, -1, 448, 0x1p-9])
    #expect(backend.download(try weights.tensor("b.weight", [3], .plain)) == [1, -2, 57344])
  }

  @Test(arguments: ["a.scale_weight", "a.weight_scale", "scaled_fp8"])
  func weightsThatAnotherTensorScalesAreRefused(_ scale: String) throws {
    let weights = try checkpoint {
      $0.add("a.weight", .float8E4M3, shape: [1], bytes: [0x38])
      $0.add("b.weight", shape: [1], [3])
      $0.add(scale, shape: [1], [2])
    }
    let error = #expect(throws: ModelError.self) { try weights.tensor("a.weight", [1], .plain) }
    #expect(error?.kind == .unsupported && error?.what.contains(scale) == true)
    #expect(ReferenceBackend().download(try weights.tensor("b.weight", [1], .plain)) == [3])
  }

  /// One that nobody asks for harms nothing; one that is asked for is named.
  @Test func aTypeThatIsNotKnownMattersWhereItIsAskedFor() throws {
    let json =
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
      + #""b":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[4,7]}}"#
    let bytes =
      withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Array($0) } + Array(json.utf8)
      + withUnsafeBytes(of: Float(5)) { Array($0) } + [1, 2, 3]
    let backend = ReferenceBackend()
    let weights = Checkpoint([try SafetensorsFile(bytes: bytes, name: "x")], on: backend)
    #expect(backend.download(try weights.tensor("a", [1], .plain)) == [5])
    let error = #expect(throws: ModelError.self) { try weights.tensor("b", [4], .plain) }
    #expect(error?.key == "b" && error?.what.contains("F6_E2M3") == true)
  }

  /// The same numbers in two types make the same model.
  @Test func aModelOfEightBitsIsThatOfItsNumbers() throws {
    func model(_ type: StoredType) throws -> [Float] {
      let folder = try ModelFolder(copying: "tiny-sd2")
      let name = "unet/diffusion_pytorch_model.safetensors"
      let file = try SafetensorsFile(path: "\(folder.path)/\(name)")
      var writer = SafetensorsWriter()
      for key in file.names {
        // The upper byte of each float16 is its neighbour of eight bits.
        let halves = try file.withBytes(key) { bytes in
          stride(from: 1, to: bytes.count, by: 2).map { bytes[$0] }
        }
        let bytes = type == .float16 ? halves.flatMap { [0, $0] } : halves
        writer.add(key, type, shape: try file.entry(key).shape, bytes: bytes)
      }
      try folder.write(name, writer.bytes())
      let model = try StableDiffusionModel(folder: folder.path, backend: ReferenceBackend())
      let states = model.encode([616, 617])
      var runs = [DenoisingRun(latents: noise([4, 8, 8], 1, on: model.backend))]
      let contexts = [LaneContext(conditional: states, unconditional: states)]
      try model.denoiser(.ddim, steps: 2, guidanceScale: 2).advance(&runs, contexts: contexts)
      return model.backend.download(runs[0].latents)
    }
    #expect(firstDifference(try model(.float8E5M2), try model(.float16)) == nil)
  }
}
