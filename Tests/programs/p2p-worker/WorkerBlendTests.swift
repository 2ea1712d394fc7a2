import EditJobs
import Foundation
import Imaging
import ResultFiles
import RunMeasures
import Testing

@Suite(.serialized) struct WorkerBlendTests {
  /// The mask beside the picture is that of the last step, grey, and part of the manifest.
  @Test func aBlendedVariantShowsItsMask() throws {
    let results = try Undisturbed.results()
    let edit = try Undisturbed.edits()[4]
    let variant = try results.variant(edit)
    let manifest = try Manifest.verify(variant)
    #expect(manifest.files.keys.contains("mask.png"))
    for other in try Undisturbed.edits()[..<4] {
      let folder = try results.variant(other)
      #expect(!(try Manifest.read(folder).files.keys.contains("mask.png")))
      #expect(!FileManager.default.fileExists(atPath: folder.mask))
    }

    let source = try TrajectoryReader(path: try results.source().trajectory)
    let trajectory = try TrajectoryReader(path: variant.trajectory)
    let history = try #require(
      BlendHistory(edit, sampler: .ddim, source: source, variant: trajectory))
    #expect(history.steps.map(\.step) == Array(2..<WorkerResults.steps))
    let last = try #require(history.last)
    #expect(last.area > 0 && last.area < 1, "\(last.area)")

    let bytes = [UInt8](try Data(contentsOf: URL(filePath: variant.mask)))
    // 8 bits a pixel, of grey.
    #expect(Array(bytes[24...25]) == [8, 0])
    let picture = try PNGFile(decoding: bytes).pixels
    #expect(picture.width == 64 && picture.height == 64)
    let shown = stride(from: 0, to: picture.bytes.count, by: 3).map { picture.bytes[$0] }
    #expect(shown == last.repeated(rows: 64, columns: 64).map { $0 ? 255 : 0 })

    // Outside the mask the latents are the source's, inside they are not.
    let (own, original) = (
      try #require(trajectory.latents(WorkerResults.steps)),
      try #require(source.latents(WorkerResults.steps))
    )
    for place in own.indices {
      let isOpen = last.isOpen[place % last.isOpen.count]
      #expect((own[place] == original[place]) != isOpen, "place \(place)")
    }
  }

  /// A fork at the step where the blend sets in, with its trunk in the same order, gives the bytes of
  /// a run of its own.
  @Test func aBlendForksFromItsTrunk() throws {
    let results = WorkerResults()
    try results.run(try results.order())
    let edits = try Undisturbed.edits()
    let pair = [edits[1], edits[4]]
    let key = pair[0].key(source: try WorkerResults.source().key)
    let order = try results.order(pair, trunks: [1: WorkOrder.Trunk(key: key, step: 2)])
    let (status, events) = try results.run(order)
    #expect(status == 0)
    let fork = try results.variant(pair[1]).key
    #expect(events.first { $0.event == .begun && $0.unit == fork }?.pass == 2)
    for edit in pair {
      try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
    }
  }
}
