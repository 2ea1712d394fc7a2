import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Testing

/// Orders in native numerics: OpenBLAS's products, under a key that names them.
@Suite(.serialized) struct WorkerNativeTests {
  /// The numerics of the machine under the tests, as a worker says them when it is ready.
  private func numerics(_ environment: [String: String] = [:]) throws -> Numerics {
    let worker = try WorkerProcess.serve(["--numerics", "native"], environment: environment)
    let said = try #require(try worker.read { $0.event == .ready }.fingerprint)
    try worker.closeInput()
    _ = try worker.finish()
    let words = said.split(separator: " ")
    try #require(words.count >= 5 && words[0] == "native" && words[2] == "OpenBLAS", "\(said)")
    #expect(words[1] == "\(Numerics.currentRevision)")
    return Numerics(mode: .native, kernels: words.dropFirst(2).joined(separator: " "))
  }

  private func order(
    _ results: WorkerResults, _ numerics: Numerics, _ edits: [ResolvedEdit] = [],
    token: Int64 = 1
  ) throws -> WorkOrder {
    var order = try results.order(token: token)
    order.source.numerics = numerics
    order.sourceKey = order.source.key
    order.variants = edits.map { .init(key: $0.key(source: order.sourceKey), edit: $0) }
    return order
  }

  @Test func anOrderIsMadeUnderItsOwnKeyTheSameOnAnyThreads() throws {
    let numerics = try numerics()
    let edit = try WorkerResults.edit(tau: 3, selfTau: 2)
    let folders = try [2, 1].map { threads in
      let results = WorkerResults()
      for edits in [[], [edit]] {
        let (status, events) = try results.run(
          try order(results, numerics, edits), threads: threads)
        #expect(status == 0, "\(events)")
        #expect(
          events.first { $0.event == .ready }?.fingerprint == numerics.fingerprint(.f32))
      }
      return results
    }
    let key = try order(folders[0], numerics).sourceKey
    #expect(key != (try WorkerResults.source().key))
    try expectEqual(folders[0].folder.source(key), folders[1].folder.source(key))
    let variant = edit.key(source: key)
    try expectEqual(folders[0].folder.variant(variant), folders[1].folder.variant(variant))
    // The numbers are near, and no copies: the promise is another one.
    let pass = WorkerResults.steps
    let native = try withExtendedLifetime(folders) {
      try TrajectoryReader(path: folders[0].folder.source(key).trajectory).latents(pass)
    }
    let own = try TrajectoryReader(path: try Undisturbed.results().source().trajectory)
    let pairs = Array(zip(try #require(native), try #require(own.latents(pass))))
    #expect(pairs.contains { $0 != $1 } && pairs.allSatisfy { abs($0 - $1) < 0.02 })
  }

  @Test func ordersOfOtherKernelsAreRefusedAndTheWorkerGoesOn() throws {
    let (results, own) = (WorkerResults(), try numerics())
    let worker = try WorkerProcess.serve(["--numerics", "native"])
    let other = Numerics(mode: .native, kernels: "OpenBLAS 0.0.1 Abacus")
    try worker.send(.order(try order(results, other, token: 2)))
    let refused = try worker.read { $0.event == .failed }
    #expect(refused.code == "native-unavailable" && refused.message?.contains("Abacus") == true)
    try worker.send(.order(try results.order(token: 3)))
    #expect(try worker.read { $0.event == .failed }.code == "numerics-mismatch")
    try worker.send(.order(try order(results, own, token: 4)))
    try worker.read { $0.event == .done && $0.token == 4 }
    try worker.closeInput()
    _ = try worker.finish()
  }

  /// A file in the library's place that is none: portable numerics never open it, and native ones say so.
  @Test func aMachineWithoutTheLibraryRefuses() throws {
    let results = WorkerResults()
    let place = results.folder.path + "/no-library"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Data("nothing".utf8).write(to: URL(filePath: place + "/libopenblas.so.0"))
    let environment = ["LD_LIBRARY_PATH": place]
    let worker = try WorkerProcess.serve(["--numerics", "native"], environment: environment)
    #expect(try worker.finish().status == Files.ExitStatus.unavailable.rawValue)
    let refusal = try #require(worker.events.first)
    #expect(refusal.event == .failed && refusal.token == nil)
    #expect(refusal.code == "native-unavailable")
    #expect(refusal.message?.contains("libopenblas0-pthread") == true, "\(refusal)")
    let own = try order(results, Numerics(mode: .native, kernels: "OpenBLAS 0.3.21 Haswell"))
    #expect(
      try results.run(own, environment: environment).status
        == Files.ExitStatus.unavailable.rawValue)
    #expect(try results.run(try results.order(), environment: environment).status == 0)
  }

  @Test func bf16IsRefused() throws {
    let worker = try WorkerProcess.serve(["--numerics", "native", "--dtype", "bf16"])
    #expect(try worker.finish().status == Files.ExitStatus.data.rawValue)
    #expect(worker.events.first?.code == "native-bf16")
  }

  /// Both sides of the peak are told, and the faster one is what shares are of.
  @Test(arguments: ["portable", "native"]) func measurementsSayWhoseTheyAre(_ mode: String) throws {
    struct Report: Decodable {
      struct Side: Decodable {
        var kernels: String
        var gflops: Double
      }
      var numerics: String
      var peakGFLOPs: Double
      var peaks: [Side]
    }
    for arguments in [["--lanes", "1"], ["--layers"]] {
      let (output, status) = try WorkerProcess(
        ["bench", WorkerProcess.tinyModel, "--json", "--steps", "1", "--numerics", mode]
          + arguments
      ).outputAndStatus()
      #expect(status == 0)
      let report = try JSONDecoder().decode(Report.self, from: output)
      #expect(report.numerics.hasPrefix("\(mode) \(Numerics.currentRevision)"))
      #expect(report.peaks.count == 2 && report.peaks[0].kernels == "portable")
      #expect(report.peaks[1].kernels.hasPrefix("OpenBLAS "))
      #expect(report.peakGFLOPs == report.peaks.map(\.gflops).max())
    }
  }
}
