import EditJobs
import PromptToPrompt
import ResultFiles
import RunMeasures
import Testing

extension Laws {
  /// Laws 4 and 5 together: a fork that splits from its trunk's lane in a running batch equals a run
  /// of its own, and neither the trunk nor a lane that leaves makes a difference.
  @Suite struct Forks {
    @Test(arguments: [MapsPrecision.f16, .f32])
    func equalStraightRuns(_ maps: MapsPrecision) throws {
      let rig = try EditRig(maps: maps)
      let source = try rig.runSource()
      let edits = try [4, 2].map {
        try rig.resolved(
          EditSpec(prompt: "a chinchilla riding a bicycle on a street", tau: Window(to: .steps($0)))
        )
      }
      let other = try rig.resolved(.plainReprompt("a dog"))
      let straight = try edits.map { try rig.runVariants([$0], of: source)[0] }
      #expect(straight.allSatisfy { $0.injected > 0 } && endApart(straight[0], straight[1]))

      let lanes = try [edits[0], other].map { try rig.lane($0) }
      var batch = VariantBatch(rig.setting, lanes: lanes, maps: HeldMaps(source.maps))
      for pass in 0..<5 {
        if pass == 1 { #expect(batch.remove(lanes[1].key)?.unit.pass == 1) }
        if pass == 2 {
          let record = rig.setting.record(of: batch.lanes[0].unit)
          batch.add(try rig.lane(edits[1], from: record))
        }
        #expect(try batch.advance().failures.isEmpty)
      }
      #expect(batch.isComplete && batch.lanes.count == 2)
      for (lane, run) in zip(batch.lanes, straight) {
        let record = rig.setting.record(of: lane.unit)
        #expect(record == run.records[5], "variant \(lane.key.short)")
      }
    }
  }
}
