public import EditJobs
import Layers
public import ResultFiles
import Tensors

/// Reads a source's maps from its store. What is missing or damaged is not there: it can be made again.
public final class StoredMaps {
  private let source: UnitFolder
  private let setting: SourceSetting
  /// Grows to the largest map and is used again for every one.
  private var buffer: [UInt8] = []

  /// Reads from the folder of the source that `setting` describes.
  public init(_ setting: SourceSetting, source: UnitFolder) {
    (self.setting, self.source) = (setting, source)
  }

  /// The maps of a pass at `sites`; `nil` unless all are there, checked, of the right shape, and made
  /// with the source's numerics.
  public func maps(pass: Int, sites: [AttentionSite]) -> MapTable? {
    do {
      let file = try MapFile(
        source: source, pass: pass, numerics: setting.spec.fingerprint)
      var maps: MapTable = [:]
      for entry in setting.catalogue.injectable where sites.contains(entry.site) {
        maps[entry.site] = try map(entry, in: file)
      }
      return maps.count == sites.count ? maps : nil
    } catch {
      return nil
    }
  }

  private func map(
    _ entry: SiteCatalogue.Entry, in file: MapFile
  ) throws(MapDamage) -> Tensor {
    let (name, size) = (entry.site.description, entry.size)
    let shape = [size.heads, size.queries, size.keys]
    let element = setting.spec.maps.element
    guard file.shape(name) == shape, file.element(name)?.rawValue == element.rawValue else {
      throw .bad("\(name) is not \(shape) of \(element)")
    }
    let count = shape.reduce(element.byteCount, *)
    if buffer.count < count { buffer = [UInt8](repeating: 0, count: count) }
    let backend = setting.backend
    let result = buffer.withUnsafeMutableBytes { bytes -> Result<Tensor, MapDamage> in
      let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
      do throws(MapDamage) {
        try file.read(name, into: part)
        return .success(
          backend.upload(UnsafeRawBufferPointer(part), shape: shape, element: element))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// What writes a pass's maps into a source's store, each as it comes.
  public static func writer(
    _ setting: SourceSetting, source: UnitFolder, pass: Int
  ) -> MapFileWriter {
    MapFileWriter(
      facts(setting), source: source, pass: pass, numerics: setting.spec.fingerprint)
  }

  /// A pass's maps as the store names them, in call order.
  public static func facts(_ setting: SourceSetting) -> [MapFacts] {
    setting.catalogue.injectable.map { entry in
      MapFacts(
        site: entry.site.description,
        shape: [entry.size.heads, entry.size.queries, entry.size.keys],
        element: setting.spec.maps.element == .f16 ? .f16 : .f32)
    }
  }
}
