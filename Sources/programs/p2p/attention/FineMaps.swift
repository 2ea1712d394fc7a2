import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Safetensors

/// The finer maps of a source: its stored maps of all sites, or the same made again.
struct FineMaps {
  private let unit: AttentionUnit
  private let worker: MapsWorker
  private let sites: [ModelFacts.Site]

  init(_ unit: AttentionUnit, _ worker: MapsWorker) {
    (self.unit, self.worker) = (unit, worker)
    sites = TokenMaps.fineSites(of: unit.sites)
  }

  /// The maps of each stretch of steps; `nil` is the whole run.
  ///
  /// - Throws: `third-empty` (65); what `MapsWorker.run` throws where maps have to be made again.
  func maps(_ thirds: [RunThird?]) async throws -> [TokenMaps] {
    let run = unit.run
    var spans: [Range<Int>] = []
    for third in thirds { spans.append(try RunThird.steps(third, of: run.steps)) }
    let means: [SiteMeans]
    do {
      means = try spans.map { span throws(EditError) in
        try SiteMeans(
          stored: unit.folder, sites: sites, steps: span, of: run.steps, sampler: run.sampler)
      }
    } catch {
      guard error.code == "maps-gone" else { throw error }
      means = try await made(spans)
    }
    return try means.map { means throws(EditError) in try TokenMaps(fine: means, sites: sites) }
  }

  private func made(_ spans: [Range<Int>]) async throws -> [SiteMeans] {
    Terminal.note(
      "maps of \(unit.name) are not stored; they are made again, at most "
        + "\(spans.reduce(0) { $0 + $1.count }) evaluations")
    let file = FileManager.default.temporaryDirectory.appending(
      path: "p2p-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try await worker.run(
      ["-o", file.path] + sites.flatMap { ["--site", $0.name.description] }
        + spans.flatMap { ["--mean", "\($0.lowerBound):\($0.upperBound)"] })
    let sums = try SafetensorsFile(path: file.path)
    return try spans.map { try SiteMeans(sums, sites: sites, steps: $0) }
  }
}
