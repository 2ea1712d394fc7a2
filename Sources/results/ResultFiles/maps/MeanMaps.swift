public import EditJobs
import Files
import Safetensors

/// The averaged map of every token over a whole run: what people look at.
public struct MeanMaps: Sendable, Hashable {
  /// Tokens, rows, columns.
  public var shape: [Int]
  /// The last running sum divided by the steps, row-major.
  public var values: [Float]

  /// Takes the running sum of the last record and the number of steps.
  public init(sums: [Float], shape: [Int], steps: Int) {
    precondition(sums.count == shape.reduce(1, *) && steps > 0, "sums of another shape")
    self.shape = shape
    values = sums.map { $0 / Float(steps) }
  }

  /// The file's bytes: one tensor called `maps`, and whose arithmetic made it.
  public func chunks(key: Key, numerics: String) -> [[UInt8]] {
    var writer = SafetensorsWriter(metadata: [
      "format": "1", "key": key.description, "numerics": numerics,
    ])
    writer.add("maps", shape: shape, values)
    return writer.chunks()
  }

  /// Reads a file; throws `FileError` or `SafetensorsError`.
  public init(path: String) throws {
    let file = try SafetensorsFile(bytes: try OpenFile.contents(of: path), name: path)
    let entry = try file.entry("maps")
    guard entry.type == .float32, entry.shape.count == 3 else {
      throw SafetensorsError(file: path, key: "maps", what: "is not float32 of three axes")
    }
    shape = entry.shape
    values = try file.withBytes("maps") { bytes in
      [Float](unsafeUninitializedCapacity: bytes.count / 4) { target, filled in
        UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
        filled = bytes.count / 4
      }
    }
  }
}
