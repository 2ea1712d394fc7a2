import Glibc

/// Files of other formats that people name as models.
enum Pickle {
  private static let endings = [".ckpt", ".pt", ".pth", ".bin", ".pkl"]

  /// Refuses a pickle by its name or first bytes, and other formats by theirs, with the reason.
  static func refuse(_ path: String) throws {
    let head = firstBytes(path)
    let isPickle =
      endings.contains { path.hasSuffix($0) } || head == Array("PK\u{3}\u{4}".utf8)
      // A safetensors file begins with a length, whose fourth byte is zero below 16 MiB.
      || (head.count == 4 && head[0] == 0x80 && (2...5).contains(head[1]) && head[3] != 0)
    if isPickle {
      throw ModelError(
        .unsupported, file: path,
        what: "only safetensors files are read: a pickle file may run any program when opened",
        hint: "use a copy of the model that ends with .safetensors")
    }
    if head == Array("GGUF".utf8) || path.hasSuffix(".onnx") {
      throw ModelError(
        .unsupported, file: path, what: "only safetensors files are read",
        hint: "use a copy of the model that ends with .safetensors")
    }
  }

  /// Four bytes, or fewer where there are not as many.
  private static func firstBytes(_ path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4)
    let count = read(descriptor, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }
}
