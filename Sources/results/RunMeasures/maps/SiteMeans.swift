/// The mean over heads of a source's attention maps, added up over some steps, site by site.
///
/// The same sums come from stored maps and from maps that are made again, bit for bit: each step adds
/// `1/heads` of every head's numbers, in order.
public struct SiteMeans: Sendable, Hashable {
  /// The steps that are added up.
  public let steps: Range<Int>
  /// By site, (queries, keys), row-major.
  public private(set) var sums: [String: [Float]] = [:]

  /// Takes sums of some steps; nothing yet without any.
  public init(steps: Range<Int>, sums: [String: [Float]] = [:]) {
    (self.steps, self.sums) = (steps, sums)
  }

  /// Adds the map of one site in one step: (heads, queries, keys).
  public mutating func add(
    _ site: String, heads: Int, _ element: MapElement, _ bytes: UnsafeRawBufferPointer
  ) {
    let size = bytes.count / element.byteCount / max(1, heads)
    sums[site, default: [Float](repeating: 0, count: size)].add(
      meanOf: heads, bytes, element)
  }
}

extension [Float] {
  /// Adds the mean over the heads of a map's numbers: (queries, keys).
  fileprivate mutating func add(
    meanOf heads: Int, _ bytes: UnsafeRawBufferPointer, _ element: MapElement
  ) {
    let (share, size) = (1 / Float(heads), count)
    withUnsafeMutableBufferPointer { sums in
      for head in 0..<heads {
        for at in 0..<size {
          let place = head * size + at
          let value: Float =
            switch element {
            case .f16: Float(bytes.loadUnaligned(fromByteOffset: 2 * place, as: Float16.self))
            case .f32: bytes.loadUnaligned(fromByteOffset: 4 * place, as: Float.self)
            }
          sums[at] += share * value
        }
      }
    }
  }
}
