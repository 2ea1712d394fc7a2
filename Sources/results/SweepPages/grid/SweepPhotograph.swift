import EditJobs
import JobStore

/// A photograph that a sweep's sources begin with.
struct SweepPhotograph: Sendable, Hashable {
  /// The hash by which it is stored among the inputs.
  var image: Digest
  /// A source of it.
  var source: SourceSpec
  /// Its picture in the sweep's folder.
  var file: String
}

extension SweepSnapshot {
  /// The photographs of all sources, each once.
  func photographs() -> [SweepPhotograph] {
    var seen: [Digest] = []
    var sources: [SourceSpec] = []
    for row in rows {
      guard let image = row.source.photograph?.image, !seen.contains(image) else { continue }
      seen.append(image)
      sources.append(row.source)
    }
    return zip(seen, sources).map { image, source in
      let name = seen.count == 1 ? "photograph" : "photograph-\(image.description.prefix(8))"
      return SweepPhotograph(image: image, source: source, file: "\(name).png")
    }
  }
}
