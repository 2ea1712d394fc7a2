import EditJobs
import Foundation
import JobStore
import Testing

@Suite struct DaemonGoalsTests {
  private func folder() throws -> StateFolder {
    let folder = StateFolder(path: NSTemporaryDirectory() + "/goals-\(UUID())")
    try folder.create()
    return folder
  }

  @Test func targetsAreKeptAsTheyAreEachOnce() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let goals = DaemonGoals(folder)
    #expect(goals.names().isEmpty && !goals.wasStopped())
    let names = ["17", "all", "17:to=a\nb\\n", "17:to=\u{301}x", "stopped"]
    try goals.add(names)
    try goals.add(["17", "18"])
    #expect(goals.names() == names + ["18"])
    #expect(!goals.wasStopped(), "a sweep may be called so")
    try goals.keep { $0 != "all" }
    #expect(goals.names() == names.filter { $0 != "all" } + ["18"])
  }

  @Test func aStopIsKnownUntilSomebodyAsksOrADaemonRuns() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let goals = DaemonGoals(folder)
    try goals.add(["1"])
    try goals.stop()
    #expect(goals.wasStopped() && goals.names().isEmpty)
    try goals.keep { _ in false }
    #expect(goals.wasStopped())
    try goals.add(["1"])
    #expect(!goals.wasStopped() && goals.names() == ["1"])
    try goals.stop()
    try goals.begin()
    #expect(!goals.wasStopped())
  }

  @Test func manyAddAtOnce() async throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 { group.addTask { try DaemonGoals(folder).add(["\(number)"]) } }
      try await group.waitForAll()
    }
    #expect(Set(DaemonGoals(folder).names()) == Set((0..<40).map { "\($0)" }))
  }
}
