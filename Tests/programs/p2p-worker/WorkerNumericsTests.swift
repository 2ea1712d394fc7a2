import EditJobs
import Files
import Foundation
import Testing

/// Whose kernels an order names, and whose a worker has.
@Suite(.serialized) struct WorkerNumericsTests {
  private func order(_ results: WorkerResults, _ numerics: Numerics) throws -> WorkOrder {
    var order = try results.order(token: 1)
    order.source.numerics = numerics
    order.sourceKey = order.source.key
    return order
  }

  /// A batch system's order says its numerics itself; those that are typed must be the same.
  @Test func numericsThatAreTypedMustBeTheOrders() throws {
    let results = WorkerResults()
    let native = Numerics(mode: .native, kernels: "a library of nobody's")
    let worker = try WorkerProcess([
      "run", try results.file(try order(results, native)), "--numerics", "portable",
    ])
    #expect(try worker.finish().status == Files.ExitStatus.failed.rawValue)
    let failed = try #require(worker.events.first { $0.event == .failed })
    #expect(failed.code == "numerics-mismatch" && failed.transient == false, "\(failed)")
    #expect(failed.message?.contains("--numerics native") == true, "\(failed)")
    #expect(
      try WorkerProcess(["bench", WorkerProcess.tinyModel, "--numerics", "fast"])
        .outputAndStatus().1 == 64)
  }

  @Test func kernelsThatAreNotHereAreRefusedBeforeTheModelLoads() throws {
    let results = WorkerResults()
    let native = Numerics(mode: .native, kernels: "a library of nobody's")
    for arguments in [
      ["--numerics", "native", "--kernels", "a library of nobody's", "--model", "/nowhere"]
    ] {
      let worker = try WorkerProcess(
        ["serve", "--digest", Digest(of: [1]).description] + arguments)
      #expect(try worker.finish().status == Files.ExitStatus.unavailable.rawValue)
      let refusal = try #require(worker.events.first)
      #expect(refusal.event == .failed && refusal.token == nil && refusal.transient == true)
      #expect(refusal.code == "native-unavailable", "\(refusal)")
    }
    let ran = try WorkerProcess(["run", try results.file(try order(results, native))])
    #expect(try ran.finish().status == Files.ExitStatus.unavailable.rawValue)
    #expect(
      try WorkerProcess([
        "serve", "--model", WorkerProcess.model, "--digest", Digest(of: [1]).description,
        "--kernels", "x",
      ]).outputAndStatus().1 == 64, "kernels are named for native numerics alone")
  }

  @Test func nativeInBF16IsRefused() throws {
    let worker = try WorkerProcess([
      "bench", WorkerProcess.tinyModel, "--numerics", "native", "--dtype", "bf16",
    ])
    #expect(try worker.outputAndStatus().1 == Files.ExitStatus.data.rawValue)
  }
}
