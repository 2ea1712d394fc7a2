public import Files
import Foundation

/// An index of weights in shards: which files hold them.
public struct ShardIndex: Sendable {
  /// The shards, sorted.
  public let shards: [HubPath]

  private struct Document: Decodable { var weight_map: [String: String] }

  /// Reads an index.
  ///
  /// - Parameters:
  ///   - bytes: the JSON document.
  ///   - path: where it lies in its repository; shards lie beside it.
  /// - Throws: `shard-index` (65).
  public init(_ bytes: [UInt8], at path: HubPath) throws(EditError) {
    let decoder = JSONDecoder()
    // Python writes NaN, Infinity and -Infinity, which are no JSON.
    decoder.allowsJSON5 = true
    guard let document = try? decoder.decode(Document.self, from: Data(bytes)) else {
      throw EditError("shard-index", .data, "\(path) is no index of shards: weight_map is missing")
    }
    let folder = path.component.map { "\($0)/" } ?? ""
    var shards: [HubPath] = []
    for name in Set(document.weight_map.values) {
      guard let shard = HubPath(folder + name), !name.contains("/"), name.hasSuffix(".safetensors")
      else {
        throw EditError(
          "shard-index", .data, "\(path) lists a shard that cannot be one: \(name.printable)")
      }
      shards.append(shard)
    }
    guard !shards.isEmpty else {
      throw EditError("shard-index", .data, "\(path) lists no shard")
    }
    self.shards = shards.sorted()
  }
}
