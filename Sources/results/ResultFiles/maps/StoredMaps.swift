public import RunMeasures

/// Reads a source's maps from its folder. What is missing or damaged is not there: it can be made again.
public final class StoredMaps: MapStore {
  private let source: UnitFolder
  private let numerics: String
  /// Grows to the largest map and is used again for every one.
  private var buffer: [UInt8] = []

  /// Reads from a source's folder; `numerics` says whose arithmetic its maps must be of.
  public init(_ source: UnitFolder, numerics: String) {
    (self.source, self.numerics) = (source, numerics)
  }

  /// Hands over a pass's maps, as `MapStore` says.
  public func read(
    pass: Int, _ maps: [MapFacts],
    _ take: (_ map: MapFacts, _ bytes: UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    do {
      let file = try MapFile(source: source, pass: pass, numerics: numerics)
      for map in maps { try read(map, in: file, take) }
      return true
    } catch {
      return false
    }
  }

  private func read(
    _ map: MapFacts, in file: MapFile, _ take: (MapFacts, UnsafeRawBufferPointer) -> Void
  ) throws(MapDamage) {
    guard file.shape(map.site) == map.shape, file.element(map.site) == map.element else {
      throw .bad("\(map.site) is not \(map.shape) of \(map.element)")
    }
    let count = map.byteCount
    if buffer.count < count { buffer = [UInt8](repeating: 0, count: count) }
    let damage = buffer.withUnsafeMutableBytes { bytes -> MapDamage? in
      let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
      do throws(MapDamage) {
        try file.read(map.site, into: part)
        take(map, UnsafeRawBufferPointer(part))
        return nil
      } catch {
        return error
      }
    }
    if let damage { throw damage }
  }
}
