import EditJobs
import Foundation
import PromptToPrompt
import ResultFiles
import RunMeasures
import Tensors
import Testing

extension Laws {
  /// 5. A variant does not depend on which variants ran beside it, on the number of threads, or on
  /// where it was interrupted.
  @Suite struct Company {
    static let specs = [
      EditSpec(
        prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps(3)),
        selfTau: Window(from: .steps(1), to: .steps(4)), weights: ["chinchilla": 1.5]),
      EditSpec(prompt: "a cat riding a bicycle on a street at night", weights: ["night": -2]),
      EditSpec.plainReprompt("a dog"),
    ]

    @Test(arguments: [MapsPrecision.f16, .f32], [1.0, 7.5])
    func laneAndBatchDoNotMatter(_ maps: MapsPrecision, _ guidance: Double) throws {
      let rig = try EditRig(steps: 4, guidance: guidance, maps: maps)
      let source = try rig.runSource()
      let edits = try Company.specs.map(rig.resolved)
      let alone = try edits.map { try rig.runVariants([$0], of: source)[0] }
      #expect(alone[0].injected > 0 && alone[1].injected > 0 && alone[2].injected == 0)
      #expect(endApart(alone[0], alone[1]) && endApart(alone[1], alone[2]))
      let batches = [
        [0, 1], [1, 0], [1, 2], [2, 0], [0, 1, 2], [1, 2, 0], [2, 0, 1],
      ]
      for batch in batches {
        let runs = try rig.runVariants(batch.map { edits[$0] }, of: source)
        for (lane, run) in runs.enumerated() {
          expectSameRun(
            run, alone[batch[lane]], "variant \(batch[lane]) in lane \(lane) of \(batch)")
          #expect(
            run.records.map(\.injected) == alone[batch[lane]].records.map(\.injected))
        }
      }
    }

    @Test(arguments: [1, 3])
    func threadsDoNotMatter(_ threads: Int) throws {
      let two = try EditRig(steps: 4)
      let other = try EditRig(steps: 4, backend: TestedDevice.current.device(threads: threads))
      let (source, otherSource) = (try two.runSource(), try other.runSource())
      expectSameRun(otherSource, source, "the source on \(threads) threads")
      let runs = try two.runVariants(Company.specs, of: source)
      let others = try other.runVariants(Company.specs, of: otherSource)
      #expect(runs[0].injected > 0)
      for (run, other) in zip(runs, others) {
        expectSameRun(other, run, "a variant on \(threads) threads")
      }
    }

    /// Every interruption goes through the trajectory file, as an attempt does.
    @Test(arguments: [MapsPrecision.f16, .f32])
    func interruptionsDoNotMatter(_ maps: MapsPrecision) throws {
      let rig = try EditRig(steps: 4, maps: maps)
      let source = try rig.runSource()
      let edits = try Company.specs.map(rig.resolved)
      let straight = try rig.runVariants(edits, of: source)
      #expect(straight[0].injected > 0)
      for pass in 0...4 {
        let records = try straight.map { try reread($0.records[...pass], rig) }
        let resumed = try rig.runVariants(
          edits, maps: HeldMaps(source.maps), from: records, passes: 4 - pass)
        for (lane, run) in resumed.enumerated() {
          let whole = EditRig.Run(records: straight[lane].records[..<pass] + run.records)
          expectSameRun(whole, straight[lane], "resumed after pass \(pass)")
          #expect(whole.records.map(\.injected) == straight[lane].records.map(\.injected))
        }
      }
    }

    @Test func interruptedSourcesGoOn() throws {
      let rig = try EditRig(steps: 4)
      let straight = try rig.runSource()
      for pass in 0..<4 {
        let record = try reread(straight.records[...pass], rig)
        var run = SourceRun(
          rig.setting, context: try rig.context(rig.source), from: rig.setting.unit(from: record))
        while !run.isComplete {
          let position = run.unit.pass
          let maps = try run.advanceWithMaps().maps
          #expect(rig.setting.record(of: run.unit) == straight.records[position + 1])
          for (site, map) in maps {
            let expected = try #require(straight.maps[position][site])
            expectSameBits(
              rig.setting.backend.download(map), rig.setting.backend.download(expected),
              "\(site) of pass \(position), resumed after \(pass)")
          }
        }
      }
    }

    private func reread(
      _ records: ArraySlice<TrajectoryRecord>, _ rig: EditRig
    ) throws -> TrajectoryRecord {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "p2p-laws-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let results = ResultFolder(folder.path)
      try results.create()
      let unit = results.variant(rig.setting.spec.key)
      try unit.create()
      let header = rig.setting.header(
        key: unit.key, fingerprint: rig.setting.backend.fingerprint)
      let writer = try TrajectoryWriter(unit, header)
      for record in records { try writer.append(record) }
      try writer.sync()
      let reader = try TrajectoryReader(path: unit.trajectory)
      #expect(reader.header == header)
      return try #require(reader.record(records.count - 1))
    }
  }
}
