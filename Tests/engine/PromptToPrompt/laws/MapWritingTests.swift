import EditJobs
import Foundation
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

extension Laws {
  /// Maps written while the pass goes on: what the run used, in the same bytes on any number of threads.
  @Suite struct MapWriting {
    @Test(arguments: [MapsPrecision.f16, .f32])
    func filesDoNotDependOnThreads(_ precision: MapsPrecision) throws {
      let alone = try written(precision, threads: 1)
      #expect(alone.count == 2)
      for threads in [2, 4] {
        let found = try written(precision, threads: threads)
        for (pass, expected) in alone.enumerated() {
          let isEqual = found[pass] == expected
          #expect(isEqual, "pass \(pass) on \(threads) threads")
        }
      }
    }

    /// Runs a source and gives its map files, which hold just what was handed on.
    private func written(_ precision: MapsPrecision, threads: Int) throws -> [Data] {
      let backend = TestedDevice.current.device(threads: threads)
      let rig = try EditRig(steps: 2, maps: precision, backend: backend)
      let root = FileManager.default.temporaryDirectory
        .appending(path: "p2p-maps-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: root) }
      let results = ResultFolder(root)
      try results.create()
      let unit = results.source(rig.setting.spec.key)
      try unit.create()
      let recomputed = RecomputedMaps(
        rig.setting, context: try rig.context(rig.source).conditional
      ) { _ in [] }
      let stored = SourceMaps(
        rig.setting, store: StoredMaps(unit, numerics: rig.setting.spec.fingerprint),
        recomputed: recomputed)
      let sites = rig.setting.catalogue.injectable.map(\.site)
      var run = SourceRun(rig.setting, context: try rig.context(rig.source))
      while !run.isComplete {
        let pass = run.unit.pass
        let writer = MapFileWriter(
          rig.setting.keptMaps, source: unit, pass: pass,
          numerics: rig.setting.spec.fingerprint)
        var maps: MapTable = [:]
        _ = try run.advance { site, map in
          maps[site] = map
          backend.aside { backend.withBytes(of: map) { writer.write(site.description, $0) } }
        }
        backend.finishAside()
        try writer.finish()
        let found = try #require(stored.stored(pass: pass, sites: sites))
        #expect(found.count == sites.count && maps.count == sites.count)
        for (site, map) in found {
          let used = try #require(maps[site])
          #expect(map.element == precision.element && used.element == precision.element)
          expectSameBits(backend.download(map), backend.download(used), "\(site) of pass \(pass)")
        }
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: unit.maps)
      #expect(!files.contains { $0.hasSuffix(".tmp") })
      return try (0..<rig.setting.passes).map {
        try Data(contentsOf: URL(filePath: unit.maps(pass: $0)))
      }
    }
  }
}
