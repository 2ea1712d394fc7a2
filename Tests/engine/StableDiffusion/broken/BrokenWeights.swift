import Foundation

extension BrokenModel {
  /// Weight files that are damaged.
  static let weights: [BrokenModel] = [
    BrokenModel(name: "no bytes", word: "too few") { try $0.truncate(ModelFolder.unet, to: 0) },
    BrokenModel(name: "seven bytes", word: "too few") { try $0.truncate(ModelFolder.unet, to: 7) },
    BrokenModel(name: "a header of 2^60 bytes", word: "claims 1152921504606846976") {
      let bytes = try $0.bytes(ModelFolder.unet)
      let length = withUnsafeBytes(of: UInt64(1 << 60).littleEndian) { Array($0) }
      try $0.write(ModelFolder.unet, length + bytes.dropFirst(8))
    },
    BrokenModel(name: "a header longer than the file", word: "claims") {
      let bytes = try $0.bytes(ModelFolder.unet)
      let length = withUnsafeBytes(of: UInt64(90_000_000).littleEndian) { Array($0) }
      try $0.write(ModelFolder.unet, length + bytes.dropFirst(8))
    },
    BrokenModel(name: "whole numbers for weights", word: "I16") {
      try $0.rewriteHeader(ModelFolder.unet) { $0.replacing("\"F16\"", with: "\"I16\"") }
    },
    BrokenModel(name: "a wider type", word: "bytes are stored") {
      try $0.rewriteHeader(ModelFolder.unet) { $0.replacing("\"F16\"", with: "\"F32\"") }
    },
    BrokenModel(name: "an unknown type", word: "type F9 are not supported") {
      try $0.rewriteHeader(ModelFolder.unet) { $0.replacing("\"F16\"", with: "\"F9\"") }
    },
    BrokenModel(name: "a narrower type", word: "bytes are stored and F8_E4M3") {
      try $0.rewriteHeader(ModelFolder.unet) { $0.replacing("\"F16\"", with: "\"F8_E4M3\"") }
    },
    BrokenModel(name: "overlapping offsets", word: "inside another tensor") {
      try $0.rewriteHeader(ModelFolder.unet, moveSecond(by: -2))
    },
    BrokenModel(name: "a hole between tensors", word: "belong to no tensor") {
      try $0.rewriteHeader(ModelFolder.unet, moveSecond(by: 2))
    },
    BrokenModel(name: "a tensor outside the file", word: "belong to no tensor") {
      try $0.rewriteHeader(ModelFolder.unet, moveSecond(by: 1 << 40))
    },
    BrokenModel(name: "a number of 40 digits", word: "too large") {
      try $0.rewriteHeader(ModelFolder.unet) {
        $0.replacing("\"shape\":[", with: "\"shape\":[\(String(repeating: "9", count: 40)),")
      }
    },
    BrokenModel(name: "a negative number", word: "non-negative") {
      try $0.rewriteHeader(ModelFolder.unet) { $0.replacing("\"shape\":[", with: "\"shape\":[-") }
    },
    BrokenModel(name: "a shape that overflows", word: "overflows") {
      try $0.rewriteHeader(ModelFolder.unet) {
        $0.replacing("\"shape\":[", with: "\"shape\":[4611686018427387904,4611686018427387904,")
      }
    },
    BrokenModel(name: "a tensor twice", word: "twice") {
      try $0.rewriteHeader(ModelFolder.unet) {
        $0.replacing("\"conv_in.weight\"", with: "\"conv_in.bias\"")
      }
    },
    BrokenModel(name: "a header of brackets", word: "expected") {
      try $0.rewriteHeader(ModelFolder.unet) { _ in
        #"{"a":"# + String(repeating: "[", count: 5_000_000)
      }
    },
    BrokenModel(name: "five million tensors", word: "tensors") {
      try $0.rewriteHeader(ModelFolder.unet) { _ in
        let entry = #"":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}"#
        return "{" + (0..<200_000).map { "\"\($0)\(entry)" }.joined(separator: ",") + "}"
      }
    },
    BrokenModel(name: "a name of a megabyte", word: "longer than") {
      try $0.rewriteHeader(ModelFolder.unet) {
        $0.replacing("conv_in.bias", with: String(repeating: "x", count: 1 << 20))
      }
    },
    BrokenModel(name: "a name that is no UTF-8", word: "UTF-8") {
      var bytes = try $0.bytes(ModelFolder.unet)
      bytes[12] = 0xFF
      try $0.write(ModelFolder.unet, bytes)
    },
    BrokenModel(name: "another shape", word: "is expected") {
      try $0.set("block_out_channels", to: [32, 64, 128], in: "unet/config.json")
    },
    BrokenModel(name: "a folder for a file", word: "regular file") {
      try $0.remove(ModelFolder.unet)
      try $0.write("\(ModelFolder.unet)/x", [0])
    },
    BrokenModel(name: "a link to nothing", word: "cannot be opened") {
      try $0.remove(ModelFolder.unet)
      try FileManager.default.createSymbolicLink(
        atPath: "\($0.path)/\(ModelFolder.unet)", withDestinationPath: "nothing")
    },
  ]

  /// Moves the bytes of the second tensor of a header.
  private static func moveSecond(by count: Int) -> (String) -> String {
    { header in
      let pairs = header.matches(of: /"data_offsets":\[(\d+),(\d+)\]/)
      let sorted = pairs.sorted { (Int($0.1) ?? 0) < (Int($1.1) ?? 0) }
      guard sorted.count > 1, let from = Int(sorted[1].1), let to = Int(sorted[1].2) else {
        return header
      }
      var changed = header
      changed.replaceSubrange(
        sorted[1].range, with: "\"data_offsets\":[\(from + count),\(to + count)]")
      return changed
    }
  }
}
