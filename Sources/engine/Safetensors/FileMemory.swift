import Files
import Glibc

/// The bytes of a file: mapped, or read into memory by somebody else.
final class FileMemory: Sendable {
  private enum Backing: Sendable {
    case array([UInt8])
    // The mapping is read-only and lives until `deinit`.
    case mapping(address: UInt, count: Int)
  }

  private let backing: Backing

  init(_ bytes: [UInt8]) { backing = .array(bytes) }

  init(mapping path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path, "cannot be opened", errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw Self.failure(path, "cannot be read", errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw SafetensorsError(file: path, what: "is not a regular file")
    }
    guard facts.st_size > 0 else {
      backing = .array([])
      return
    }
    let count = Int(facts.st_size)
    guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw Self.failure(path, "cannot be mapped", errno) }
    backing = .mapping(address: UInt(bitPattern: address), count: count)
  }

  deinit {
    if case .mapping(let address, let count) = backing {
      munmap(UnsafeMutableRawPointer(bitPattern: address), count)
    }
  }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch backing {
    case .array(let bytes): return try bytes.withUnsafeBytes(body)
    case .mapping(let address, let count):
      defer { withExtendedLifetime(self) {} }
      return try body(
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count))
    }
  }

  private static func failure(_ path: String, _ what: String, _ code: Int32) -> SafetensorsError {
    let reason = ErrorNumber.words(code)
    return SafetensorsError(
      file: path, what: "\(what): \(reason)",
      hint: code == ENOENT ? "check the path of the model" : nil)
  }
}
