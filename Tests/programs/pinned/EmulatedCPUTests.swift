import EditJobs
import Files
import Foundation
import ResultFiles
import RunMeasures
import Testing

/// The built worker on CPUs that an emulator plays (`qemu-user`, which `script/setup` installs), so with
/// other clones of every kernel than this machine's.
@Suite(.serialized) struct EmulatedCPUTests {
  private static func launcher(_ cpu: String) -> [String] {
    // OpenBLAS is to see the CPU that is played, not what a shell says of this one.
    ["/usr/bin/qemu-x86_64", "-U", "OPENBLAS_CORETYPE", "-cpu", cpu]
  }

  /// AVX2 and FMA without AVX-512: the pinned hashes again.
  @Test func haswellMakesThePinnedHashes() throws {
    let run = try PinnedRun(model: WorkerProcess.tinyModel)
    let found = try run.outcomes(launcher: Self.launcher("Haswell"), .short)
    try PinnedHashTests.compare(run, found, "tiny-sd1 on an emulated Haswell")
  }

  /// Without AVX2: portable numerics are refused, with the flag that people can pass.
  @Test func nehalemRefusesPortableNumerics() throws {
    let run = try PinnedRun(model: WorkerProcess.tinyModel)
    let launcher = Self.launcher("Nehalem")
    let worker = try WorkerProcess(
      launcher.dropFirst() + [
        try WorkerProcess.program().path, "serve", "--model", run.model, "--digest",
        run.facts.digest.description,
      ], program: launcher[0])
    #expect(try worker.finish().status == Files.ExitStatus.unavailable.rawValue)
    let refusal = try #require(worker.events.first)
    #expect(refusal.code == "numerics-unavailable" && refusal.transient == false)
    #expect(refusal.message?.contains("--numerics native") == true, "\(refusal)")
  }

  /// Without AVX2 native numerics serve, with kernels that are named, and lie close to portable ones.
  @Test func nehalemRunsNativeNumerics() throws {
    var run = try PinnedRun(model: WorkerProcess.tinyModel)
    let portable = try #require(try run.outcomes(.source)["source, ddim"])
    let launcher = Self.launcher("Nehalem")
    let (data, status) = try WorkerProcess(
      launcher.dropFirst() + [try WorkerProcess.program().path, "inspect"], program: launcher[0]
    ).outputAndStatus()
    #expect(status == 0)
    let kernels = try #require(
      try JSONDecoder().decode(MachineFacts.self, from: data).nativeKernels)
    #expect(kernels.hasPrefix("OpenBLAS ") && kernels.hasSuffix(" Nehalem"), "\(kernels)")
    run.numerics = Numerics(mode: .native, kernels: kernels)
    let native = try #require(try run.outcomes(launcher: launcher, .source)["source, ddim"])
    #expect(native.latents != portable.latents)
    let largest = portable.values.map(abs).max() ?? 0
    let error = zip(native.values, portable.values).map { abs($0 - $1) }.max() ?? .infinity
    // Four steps of rounding in another order; the goldens' tolerance is of this size.
    #expect(error < 5e-4 * largest, "\(error) of \(largest)")
  }
}
