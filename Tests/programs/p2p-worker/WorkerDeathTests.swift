import EditJobs
import Foundation
import ResultFiles
import RunMeasures
import Testing

@Suite(.serialized) struct WorkerDeathTests {
  private static let steps = WorkerResults.steps

  @Test(arguments: [1, 3, 6]) func aKilledRunGoesOnWithTheSameBytes(_ pass: Int) throws {
    let results = WorkerResults()
    try FileManager.default.createDirectory(
      atPath: results.folder.path, withIntermediateDirectories: true)
    let ledger = results.folder.path + "/evaluations"
    let environment = ["P2P_EVALUATION_LOG": ledger]
    let edits = try Undisturbed.edits()
    for order in [try results.order(), try results.order(edits)] {
      let worker = try WorkerProcess.serve(environment: environment)
      try worker.send(.order(order))
      try worker.read { $0.event == .step && $0.pass == pass }
      worker.kill(with: SIGKILL)
      #expect(try worker.finish().bySignal)

      let (status, events) = try results.run(order, environment: environment)
      #expect(status == 0)
      let begun = events.filter { $0.event == .begun }
      #expect(begun.count == order.units.count)
      #expect(begun.contains { ($0.pass ?? 0) >= pass }, "resumed, not begun again")
    }
    try expectEqual(try results.source(), try Undisturbed.results().source())
    for edit in edits {
      try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
    }
    // What was evaluated lies between the plan and one more step a lane and kill.
    let lines = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")
    let evaluations = lines.reduce(0) { $0 + (Int($1.split(separator: " ")[2]) ?? 0) }
    let plan = 2 * Self.steps * (1 + edits.count)
    #expect((plan...plan + 2 * (1 + edits.count)).contains(evaluations))
  }

  @Test func theEndOfInputEndsTheProcessAtOnce() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve()
    try worker.send(.order(try results.order()))
    try worker.read { $0.event == .step && $0.pass == 2 }
    let start = ContinuousClock.now
    try worker.closeInput()
    let end = try worker.finish()
    #expect(start.duration(to: .now) < .seconds(2))
    #expect(end.status == 0 && !end.bySignal)
    #expect(!worker.events.contains { $0.event == .done })
    #expect(try results.run(try results.order()).status == 0)
    try expectEqual(try results.source(), try Undisturbed.results().source())
  }

  @Test func aDropLeavesOneUnitAndTheOthersGoOn() throws {
    let results = WorkerResults()
    try results.run(try results.order())
    let edits = try Undisturbed.edits()
    let order = try results.order(token: 5, edits)
    let dropped = order.units[1]
    let worker = try WorkerProcess.serve()
    try worker.send(.order(order))
    try worker.read { $0.event == .step && $0.pass == 1 }
    try worker.send(.drop(unit: dropped))
    try worker.read { $0.event == .idle }
    let event = try #require(worker.events.first { $0.event == .dropped })
    #expect(event.unit == dropped && (1..<Self.steps).contains(event.pass ?? 0))
    #expect(worker.events.count { $0.event == .done } == edits.count - 1)

    // The same worker takes it up again.
    try worker.send(.order(try results.order(token: 6, [edits[1]])))
    let begun = try worker.read { $0.event == .begun && $0.token == 6 }
    #expect(begun.pass == event.pass)
    try worker.read { $0.event == .idle }
    for edit in edits {
      try expectEqual(try results.variant(edit), try Undisturbed.results().variant(edit))
    }
  }

  @Test func aStopLeavesAStepEdgeAndExitsZero() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve()
    try worker.send(.order(try results.order()))
    try worker.read { $0.event == .step && $0.pass == 2 }
    try worker.send(.stop)
    let end = try worker.finish()
    #expect(end.status == 0 && !end.bySignal)
    let pass = worker.events.last { $0.event == .step }?.pass
    #expect(worker.events.contains { $0.event == .dropped && $0.pass == pass })
    #expect(TrajectoryReader.standingPasses(path: try results.source().trajectory) == pass)
    #expect(try results.run(try results.order()).status == 0)
    try expectEqual(try results.source(), try Undisturbed.results().source())
  }

  @Test(arguments: [SIGTERM, SIGUSR1]) func aBatchSystemsSignalParks(_ number: Int32) throws {
    let results = WorkerResults()
    let worker = try WorkerProcess(["run", try results.file(try results.order())])
    try worker.read { $0.event == .step && $0.pass == 1 }
    worker.kill(with: number)
    let end = try worker.finish()
    #expect(end.status == 75)
    #expect(!end.bySignal)
    #expect(try results.run(try results.order()).status == 0)
    try expectEqual(try results.source(), try Undisturbed.results().source())
  }

  @Test func aFullDiskLeavesWholeRecordsAndIsTriedAgain() throws {
    let results = WorkerResults()
    let file = try results.file(try results.order())
    let program = try WorkerProcess.program().path
    // No file may pass 120 KiB: room for a header and some records, none for a pass's maps.
    let words = results.folder.path + "/words"
    let worker = try WorkerProcess(
      ["-c", "ulimit -f 120; exec \(program) run \(file) 2>\(words)"], program: "/bin/bash")
    #expect(try worker.finish().status == 75)
    let said = try String(contentsOfFile: words, encoding: .utf8)
    #expect(said.split(separator: "\n").count { $0.contains("no more maps of") } == 1)
    let files = try FileManager.default.subpathsOfDirectory(atPath: results.folder.path)
    #expect(!files.contains { $0.hasSuffix(".tmp") })
    let failed = try #require(worker.events.first { $0.event == .failed })
    #expect(failed.code == "disk-full" && failed.transient == true)
    let reader = try TrajectoryReader(path: try results.source().trajectory)
    #expect((1..<Self.steps).contains(reader.pass ?? 0) && !reader.isCut)
    #expect(reader.pass == failed.pass)
    #expect(try results.run(try results.order()).status == 0)
    try expectEqual(try results.source(), try Undisturbed.results().source())
  }

  @Test func aWeightFileThatShrinksWhileItIsReadHasAnEndOfItsOwn() throws {
    let worker = try WorkerProcess.serve()
    try worker.read { $0.event == .ready }
    worker.kill(with: SIGBUS)
    let end = try worker.finish()
    #expect(end.status == 135)
    #expect(!end.bySignal)
  }

  @Test func aLongStepIsHeardOf() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve()
    try worker.send(.order(try results.order()))
    try worker.read { $0.event == .step && $0.pass == 1 }
    worker.kill(with: SIGSTOP)
    Thread.sleep(forTimeInterval: 1.2)
    worker.kill(with: SIGCONT)
    try worker.read { $0.event == .idle }
    let alive = worker.signsOfLife.filter { $0.token == 1 }
    #expect(alive.contains { $0.phase != nil && $0.unit != nil })
    try worker.closeInput()
    _ = try worker.finish()
  }

  @Test func latentsThatAreNoNumbersFailTheirUnitAlone() throws {
    let results = WorkerResults()
    try results.run(try results.order())
    let edits = [
      try WorkerResults.edit(tau: Self.steps, weight: 1e38), try WorkerResults.edit(tau: 3),
    ]
    let (status, events) = try results.run(try results.order(edits))
    #expect(status == 1)
    let failed = events.filter { $0.event == .failed }
    #expect(failed.count == 1)
    #expect(failed.first?.code == "nan-in-latents" && failed.first?.transient == false)
    #expect(failed.first?.message?.contains("step") == true && failed.first?.step != nil)
    try expectEqual(
      try results.variant(edits[1]), try Undisturbed.results().variant(edits[1]))
  }
}
