public import EditJobs
public import Files
public import Safetensors

/// The mean over heads of a source's attention maps, added up over some steps, site by site.
///
/// The same sums come from stored maps and from maps that are made again, bit for bit: each step adds
/// `1/heads` of every head's numbers, in order.
public struct SiteMeans: Sendable, Hashable {
  /// The steps that are added up.
  public let steps: Range<Int>
  /// By site, (queries, keys), row-major.
  public private(set) var sums: [String: [Float]] = [:]

  /// Nothing yet of some steps.
  public init(steps: Range<Int>) { self.steps = steps }

  /// Adds the map of one site in one step: (heads, queries, keys).
  public mutating func add(
    _ site: String, heads: Int, _ element: MapElement, _ bytes: UnsafeRawBufferPointer
  ) {
    let size = bytes.count / element.byteCount / max(1, heads)
    sums[site, default: [Float](repeating: 0, count: size)].add(
      meanOf: heads, bytes, element)
  }

  /// Adds up the stored maps of a source.
  ///
  /// - Parameters:
  ///   - sites: the sites that are looked at, of the model at the source's size.
  ///   - count: steps of the run.
  /// - Throws: `maps-gone` (66) where a step's maps are not stored, or not any more.
  public init(
    stored source: UnitFolder, sites: [ModelFacts.Site], steps: Range<Int>, of count: Int,
    sampler: SamplerKind
  ) throws(EditError) {
    self.init(steps: steps)
    for step in steps {
      // A step of several passes counts with its last.
      let pass = sampler.passes(completing: step + 1, of: count) - 1
      do {
        let file = try MapFile(source: source, pass: pass, numerics: nil)
        for site in sites {
          let name = site.name.description
          guard file.shape(name) == [site.heads, site.rows * site.columns, site.keys],
            let element = file.element(name)
          else { throw MapDamage.bad("\(name) is not there, or has another shape") }
          let bytes = try file.read(name).bytes
          bytes.withUnsafeBytes { add(name, heads: site.heads, element, $0) }
        }
      } catch {
        throw EditError(
          "maps-gone", .missing, "the maps of step \(step) are not stored",
          details: ["in \(source.maps)"])
      }
    }
  }
}

// MARK: files

extension SiteMeans {
  /// Declares the sums for a file: `0:17/down.1.cross`, float32.
  public func add(to writer: inout SafetensorsWriter) {
    for (site, values) in sums { writer.add(tensor(site), shape: [values.count], values) }
  }

  /// Reads the sums of some sites and steps from a file; throws `SafetensorsError`.
  public init(_ file: SafetensorsFile, sites: [ModelFacts.Site], steps: Range<Int>) throws {
    self.init(steps: steps)
    for site in sites {
      let name = tensor(site.name.description)
      let entry = try file.entry(name)
      guard entry.type == .float32, entry.shape == [site.rows * site.columns * site.keys] else {
        throw SafetensorsError(
          file: file.name, key: name, what: "is not float32 of the site's size")
      }
      sums[site.name.description] = try file.withBytes(name) { bytes in
        (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
  }

  private func tensor(_ site: String) -> String {
    "\(steps.lowerBound):\(steps.upperBound)/\(site)"
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
