import EditJobs
import GRDB
import JobStore
import Testing

/// Which stored photographs may go.
@Suite struct InputTests {
  @Test func whatASourceOrARequestNamesStays() throws {
    let table = try JobTable()
    let (picture, file, orphan) = (
      Digest(of: "picture".utf8), Digest(of: "file".utf8), Digest(of: "orphan".utf8)
    )
    try table.enqueue(Grid(photograph: Photograph(image: picture), imageFile: file))
    try table.enqueue(Grid(name: "plain", seeds: [3]))
    var removed: Set<Digest> = []
    try table.store.removeInputs([picture, file, orphan]) { removed.insert($0) }
    #expect(removed == [orphan])
    // Cancelled is not forgotten: it may be wanted again.
    _ = try table.store.cancel(.all, now: 5)
    try table.store.removeInputs([picture, file]) { removed.insert($0) }
    #expect(removed == [orphan])
  }

  @Test func nobodyWritesMeanwhile() throws {
    let table = try JobTable(onDisk: true)
    var inside: [Bool] = []
    try table.store.removeInputs([Digest(of: "orphan".utf8)]) { _ in
      let written: Void? = try? table.raw { try $0.execute(sql: "DELETE FROM sweep") }
      inside.append(written != nil)
    }
    #expect(inside == [false], "whoever enqueues waits until the file is gone")
  }
}
