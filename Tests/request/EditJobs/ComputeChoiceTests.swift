import EditJobs
import Files
import Testing

/// What a compute type that was asked for means, by what is known of the workers' CPUs.
@Suite struct ComputeChoiceTests {
  private static let has = WorkerCPU(place: "local", name: "Zen 4", hasBF16: true)
  private static let lacks = WorkerCPU(place: "node7", name: "Zen 2", hasBF16: false)

  @Test func autoTakesWhatAllWorkersHave() throws {
    let auto = ComputeChoice.auto
    #expect(try auto.resolved(on: []) == .f32)
    #expect(try auto.resolved(on: [Self.has]) == .bf16)
    #expect(try auto.resolved(on: [Self.lacks]) == .f32)
    #expect(try auto.resolved(on: [Self.has, Self.lacks]) == .f32)
    #expect(auto.remark(on: [])?.contains("no p2pd") == true)
    #expect(auto.remark(on: [Self.has])?.hasPrefix("dtype auto is bf16") == true)
    #expect(
      auto.remark(on: [Self.has, Self.lacks])
        == "dtype auto is f32: the CPU of node7 workers (Zen 2) does not have AVX512-BF16")
  }

  @Test func whatIsNamedIsTakenOrRefused() throws {
    for cpus in [[], [Self.has], [Self.lacks]] {
      #expect(try ComputeChoice.f32.resolved(on: cpus) == .f32)
      #expect(
        ComputeChoice.f32.remark(on: cpus) == nil && ComputeChoice.bf16.remark(on: cpus) == nil)
    }
    #expect(try ComputeChoice.bf16.resolved(on: []) == .bf16)
    #expect(try ComputeChoice.bf16.resolved(on: [Self.has]) == .bf16)
    let error = try #require(throws: EditError.self) {
      try ComputeChoice.bf16.resolved(on: [Self.has, Self.lacks])
    }
    #expect(error.code == "dtype-unavailable" && error.status == .unavailable)
    #expect(error.what.contains("Zen 2") && error.hint == "--dtype f32")
  }

  @Test func theKernelsFactsAreRead() {
    func cpu(_ flags: [String]) -> WorkerCPU {
      WorkerCPU(
        place: "local",
        cpuinfo: flags.map {
          "processor\t: 0\nmodel name\t: A  CPU: fast\nflags\t\t: fpu \($0)\nbugs\t\t: avx512_bf16\n\n"
        }.joined())
    }
    let v4 = "avx512f avx512dq avx512cd avx512bw avx512vl"
    #expect(
      cpu([v4 + " avx512_bf16"]) == WorkerCPU(place: "local", name: "A CPU: fast", hasBF16: true))
    #expect(!cpu([v4]).hasBF16)
    #expect(!cpu(["avx512f avx512_bf16"]).hasBF16)
    #expect(!cpu([v4 + " avx512_bf16", v4]).hasBF16, "one of the machine's CPUs lacks it")
    #expect(WorkerCPU(place: "x", cpuinfo: "") == WorkerCPU(place: "x", name: "", hasBF16: false))
  }
}
