import EditJobs
import Files
import Foundation
import Layers
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors
import Testing

extension Laws {
  /// Maps read from the store, made again from the trajectory, or some of each: equal bits.
  @Suite struct MapStore {
    @Test(arguments: [MapsPrecision.f16, .f32], [1.0, 7.5])
    func storedAndRecomputedAreEqual(_ precision: MapsPrecision, _ guidance: Double) throws {
      let rig = try EditRig(steps: 4, guidance: guidance, maps: precision)
      let source = try rig.runSource()
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "p2p-maps-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let unit = try store(source, rig, folder.path)
      let edits = try Company.specs.map(rig.resolved)
      let held = try rig.runVariants(edits, of: source)
      #expect(held[0].injected > 0)

      let recomputed = try recomputation(source, rig)
      for (run, other) in zip(held, try rig.runVariants(edits, maps: recomputed)) {
        expectSameRun(other, run, "maps made again")
      }
      let whole = SourceMaps(
        rig.setting, store: StoredMaps(unit, numerics: rig.setting.spec.fingerprint),
        recomputed: recomputed)
      for (run, other) in zip(held, try rig.runVariants(edits, maps: whole)) {
        expectSameRun(other, run, "maps from the store")
      }
      #expect(whole.missedPasses == [])

      try FileManager.default.removeItem(atPath: unit.maps(pass: 0))
      try damage(unit.maps(pass: 2))
      let partial = SourceMaps(
        rig.setting, store: StoredMaps(unit, numerics: rig.setting.spec.fingerprint),
        recomputed: recomputed)
      for (run, other) in zip(held, try rig.runVariants(edits, maps: partial)) {
        expectSameRun(other, run, "maps from a damaged store")
      }
      #expect(partial.missedPasses == [0, 2])
    }

    /// A source's maps cost one evaluation a pass where they are made again, and none where stored.
    @Test func evaluationsAreCounted() throws {
      let rig = try EditRig(steps: 4)
      let source = try rig.runSource()
      let edits = try Company.specs.map(rig.resolved)
      let lanes = try edits.map { try rig.lane($0) }
      for (provider, extra) in [
        (HeldMaps(source.maps) as any MapProvider, 0), (try recomputation(source, rig), 1),
      ] {
        var batch = VariantBatch(rig.setting, lanes: lanes, maps: provider)
        #expect(try batch.advance().evaluations == 6 + extra)
      }
      var plain = VariantBatch(
        rig.setting, lanes: [lanes[2]], maps: try recomputation(source, rig))
      #expect(try plain.advance().evaluations == 2)
    }

    private func recomputation(
      _ source: EditRig.Run, _ rig: EditRig
    ) throws -> RecomputedMaps {
      RecomputedMaps(rig.setting, context: try rig.context(rig.source).conditional) {
        source.records[$0].latents
      }
    }

    private func store(_ source: EditRig.Run, _ rig: EditRig, _ path: String) throws -> UnitFolder {
      let results = ResultFolder(path)
      try results.create()
      let unit = results.source(rig.setting.spec.key)
      try unit.create()
      for (pass, maps) in source.maps.enumerated() {
        let writer = MapFileWriter(
          rig.setting.keptMaps, source: unit, pass: pass,
          numerics: rig.setting.spec.fingerprint)
        var bytes = 0
        for (site, map) in maps {
          rig.setting.backend.withBytes(of: map) {
            bytes += $0.count
            writer.write(site.description, $0)
          }
        }
        #expect(bytes == rig.setting.catalogue.mapBytes(rig.setting.spec.maps))
        try writer.finish()
      }
      return unit
    }

    private func damage(_ path: String) throws {
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[bytes.count - 9] ^= 1
      for index in stride(from: bytes.count / 2, to: bytes.count, by: 512) { bytes[index] ^= 1 }
      try bytes.write(to: URL(fileURLWithPath: path))
    }
  }

  /// A lane whose numbers overflow leaves the batch with its step; the others do not notice.
  @Suite struct NotFinite {
    @Test func failsThatLaneAlone() throws {
      let rig = try EditRig(steps: 3)
      let source = try rig.runSource()
      let good = try rig.resolved(EditSpec(prompt: "a dog riding a bicycle on a street"))
      let bad = try rig.resolved(
        EditSpec(
          prompt: "a dog riding a bicycle on a street", weights: ["street": 3e38],
          weightWindow: Window(from: .steps(1), to: .steps(3))))
      let lanes = try [bad, good].map { try rig.lane($0) }
      var batch = VariantBatch(rig.setting, lanes: lanes, maps: HeldMaps(source.maps))
      #expect(try batch.advance().failures.isEmpty)
      let failures = try batch.advance().failures
      #expect(failures.map(\.lane.key) == [lanes[0].key])
      #expect(failures.first?.error.code == "nan-in-latents")
      #expect(failures.first?.error.what.contains("step 1") == true)
      #expect(failures.first?.lane.unit.pass == 1)
      _ = try batch.advance()
      #expect(batch.isComplete)
      let alone = try rig.runVariants([good], of: source)[0]
      #expect(alone.injected > 0)
      let last = rig.setting.record(of: batch.lanes[0].unit)
      expectSameBits(last.latents, alone.records[3].latents, "the lane that stayed")
    }

    @Test func editsOfAnotherKindAreRefused() throws {
      let rig = try EditRig()
      var edit = try rig.resolved(EditSpec(prompt: "a dog riding a bicycle on a street"))
      edit.blend = ResolvedBlend(source: [2], edit: [rig.setting.textLength], start: 0)
      #expect(throws: EditError.self) { try rig.lane(edit) }
      edit.blend = nil
      edit.steps += 1
      #expect(throws: EditError.self) { try rig.lane(edit) }
    }
  }
}
