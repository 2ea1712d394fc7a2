import EditJobs
import Files
import Foundation
import Testing

/// What a mode of numerics means, by what is known of the machines that compute.
@Suite struct NativeSupportTests {
  private static let zen = NativeSupport.kernels("OpenBLAS 0.3.21 Zen")
  private static let none = NativeSupport.missing("libopenblas.so.0 is not there")

  @Test func portableNeedsNothing() throws {
    for native in [nil, Self.zen, Self.none] {
      for compute in ComputeType.allCases {
        let numerics = try Numerics.resolved(.portable, compute: compute, native: native)
        #expect(numerics == Numerics() && numerics.backend == "portable")
        #expect(numerics.remark == nil)
      }
    }
  }

  @Test func nativeIsTheKernelsByName() throws {
    let numerics = try Numerics.resolved(.native, compute: .f32, native: Self.zen)
    #expect(numerics == Numerics(mode: .native, kernels: "OpenBLAS 0.3.21 Zen"))
    #expect(numerics.backend == "OpenBLAS 0.3.21 Zen")
    #expect(numerics.remark == "numerics native is OpenBLAS 0.3.21 Zen")
    for native in [nil, Self.none] {
      let error = try #require(throws: EditError.self) {
        try Numerics.resolved(.native, compute: .f32, native: native)
      }
      #expect(error.code == "native-unavailable" && error.status == .unavailable)
      #expect(error.description.contains("libopenblas0-pthread"), "\(error)")
      #expect(error.description.contains("libopenblas-dev"), "\(error)")
    }
  }

  @Test func nativeIsF32Alone() throws {
    let error = try #require(throws: EditError.self) {
      try Numerics.resolved(.native, compute: .bf16, native: Self.zen)
    }
    #expect(error.code == "native-bf16" && error.status == .data)
    let cpus = [WorkerCPU(place: "local", name: "Zen 4", hasBF16: true)]
    #expect(try ComputeChoice.auto.resolved(on: cpus, numerics: .native) == .f32)
    #expect(
      ComputeChoice.auto.remark(on: cpus, numerics: .native)
        == "dtype auto is f32: native numerics have no other")
    let named = try #require(throws: EditError.self) {
      try ComputeChoice.bf16.resolved(on: cpus, numerics: .native)
    }
    #expect(named == error)
  }

  @Test func anOrderIsRefusedWhereTheKernelsAreOthers() {
    #expect(Self.zen.refusal(of: "OpenBLAS 0.3.21 Zen") == nil)
    #expect(Self.zen.refusal(of: nil) == nil)
    let other = Self.zen.refusal(of: "OpenBLAS 0.3.26 Zen")
    #expect(other?.code == "native-unavailable" && other?.status == .unavailable)
    #expect(other?.what.contains("OpenBLAS 0.3.21 Zen here") == true)
    #expect(other?.what.contains("names OpenBLAS 0.3.26 Zen") == true)
    for kernels in [nil, "OpenBLAS 0.3.21 Zen"] {
      #expect(Self.none.refusal(of: kernels)?.code == "native-unavailable")
    }
  }

  @Test func theFirstMachineThatHasKernelsDecides() {
    func cpu(_ place: String, _ native: NativeSupport?) -> WorkerCPU {
      WorkerCPU(place: place, name: "", hasBF16: false, native: native)
    }
    #expect([WorkerCPU]().native == nil && [cpu("a", nil)].native == nil)
    #expect([cpu("a", Self.none), cpu("b", Self.zen)].native == Self.zen)
    #expect(
      [cpu("a", nil), cpu("b", Self.none)].native
        == .missing("libopenblas.so.0 is not there (so p2pd found for b workers)"))
  }

  @Test func whatAWorkerSaysOfItsMachineIsRead() throws {
    for (native, text) in [
      (Self.zen, #"{"native_kernels":"OpenBLAS 0.3.21 Zen"}"#),
      (Self.none, #"{"native_missing":"libopenblas.so.0 is not there"}"#),
    ] {
      let facts = try JSONDecoder().decode(MachineFacts.self, from: Data(text.utf8))
      #expect(facts.native == native && facts.mismatch == nil)
      #expect(String(decoding: try JSONEncoder().encode(facts), as: UTF8.self) == text)
      let own = try JSONEncoder().encode(MachineFacts(native))
      #expect(try JSONDecoder().decode(MachineFacts.self, from: own) == MachineFacts(native))
    }
    let line = #"{"event":"ready","native_kernels":"OpenBLAS 0.3.21 Zen","protocol":1}"#
    guard case .ready(let ready) = try LineCodec.value(WorkerEvent.self, of: Array(line.utf8))
    else {
      Issue.record("not ready")
      return
    }
    #expect(ready.nativeKernels == "OpenBLAS 0.3.21 Zen" && ready.protocol == 1)
  }
}
