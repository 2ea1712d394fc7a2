import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Testing

/// The CPU under the tests.
enum TestedCPU {
  /// Read as the daemon reads it.
  static let facts = WorkerCPU(
    place: "local",
    cpuinfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
  static let hasBF16 = facts.hasBF16
}

/// Orders and measurements in a compute type.
@Suite(.serialized) struct WorkerDtypeTests {
  private func order(_ results: WorkerResults, token: Int64 = 1) throws -> WorkOrder {
    var order = try results.order(token: token)
    order.source.compute = .bf16
    order.sourceKey = order.source.key
    return order
  }

  @Test func anOrderInAnotherTypeIsRefusedAndTheWorkerGoesOn() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve(["--dtype", "f32"])
    try worker.send(.order(try order(results)))
    let failed = try worker.read { $0.event == .failed }
    #expect(failed.code == "dtype-mismatch" && failed.transient == false && failed.token == 1)
    #expect(failed.message?.contains("computed in bf16") == true, "\(failed)")
    try worker.send(.order(try results.order(token: 2)))
    try worker.read { $0.event == .done && $0.token == 2 }
    try worker.closeInput()
    _ = try worker.finish()
  }

  /// A batch system's order says its type itself; one that is typed must be the same.
  @Test func aTypeThatIsTypedMustBeTheOrders() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess(["run", try results.file(try order(results)), "--dtype", "f32"])
    #expect(try worker.finish().status == Files.ExitStatus.failed.rawValue)
    #expect(worker.events.first { $0.event == .failed }?.code == "dtype-mismatch")
    #expect(
      try WorkerProcess(["bench", WorkerProcess.tinyModel, "--dtype", "f16"])
        .outputAndStatus().1 == 64)
  }

  @Test(.enabled(if: TestedCPU.hasBF16, "this CPU has no AVX512-BF16"))
  func anOrderInBF16IsMade() throws {
    let results = WorkerResults()
    let order = try order(results)
    let (status, events) = try results.run(order)
    #expect(status == 0, "\(events)")
    #expect(events.first { $0.event == .ready }?.fingerprint?.hasSuffix(" bf16") == true)
    let unit = results.folder.source(order.sourceKey)
    #expect(try SourceRequest.read(unit).source.compute == .bf16)
    let picture = try Data(contentsOf: URL(filePath: unit.picture))
    #expect(picture.range(of: Data(#""compute":"bf16""#.utf8)) != nil)
    // The same on another number of threads.
    let again = WorkerResults()
    #expect(try again.run(try self.order(again), threads: 1).status == 0)
    try expectEqual(unit, again.folder.source(order.sourceKey))
  }

  @Test(.enabled(if: !TestedCPU.hasBF16, "this CPU has AVX512-BF16"))
  func bf16IsRefusedWithoutTheInstruction() throws {
    let results = WorkerResults()
    let worker = try WorkerProcess.serve(["--dtype", "bf16"])
    #expect(try worker.finish().status == Files.ExitStatus.unavailable.rawValue)
    let refusal = try #require(worker.events.first)
    #expect(refusal.event == .failed && refusal.token == nil && refusal.transient == false)
    #expect(refusal.code == "dtype-unavailable")
    #expect(
      try results.run(try order(results)).status == Files.ExitStatus.unavailable.rawValue)
  }

  private struct Report: Decodable { var dtype: String }

  @Test func measurementsSayTheirType() throws {
    func dtype(_ arguments: [String]) throws -> (String?, Int32) {
      let (output, status) = try WorkerProcess(
        ["bench", WorkerProcess.tinyModel, "--json", "--steps", "1", "--lanes", "1"] + arguments
      ).outputAndStatus()
      return (try? JSONDecoder().decode(Report.self, from: output).dtype, status)
    }
    #expect(try dtype([]) == ("f32", 0))
    #expect(try dtype(["--layers"]) == ("f32", 0))
    let bf16 = try dtype(["--dtype", "bf16"])
    #expect(bf16 == (TestedCPU.hasBF16 ? ("bf16", 0) : (nil, 69)))
  }
}
