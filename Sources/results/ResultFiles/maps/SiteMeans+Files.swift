public import EditJobs
public import Files
public import RunMeasures
public import Safetensors

extension SiteMeans {
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

  /// Declares the sums for a file: `0:17/down.1.cross`, float32.
  public func add(to writer: inout SafetensorsWriter) {
    for (site, values) in sums {
      writer.add(Self.tensor(site, steps), shape: [values.count], values)
    }
  }

  /// Reads the sums of some sites and steps from a file; throws `SafetensorsError`.
  public init(_ file: SafetensorsFile, sites: [ModelFacts.Site], steps: Range<Int>) throws {
    var sums: [String: [Float]] = [:]
    for site in sites {
      let name = Self.tensor(site.name.description, steps)
      let entry = try file.entry(name)
      guard entry.type == .float32, entry.shape == [site.rows * site.columns * site.keys] else {
        throw SafetensorsError(
          file: file.name, key: name, what: "is not float32 of the site's size")
      }
      sums[site.name.description] = try file.withBytes(name) { bytes in
        (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
    self.init(steps: steps, sums: sums)
  }

  private static func tensor(_ site: String, _ steps: Range<Int>) -> String {
    "\(steps.lowerBound):\(steps.upperBound)/\(site)"
  }
}
