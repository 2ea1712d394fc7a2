import EditJobs
import Files
import Planner
import Testing

/// `numerics` from a request to its sources and back.
@Suite struct NumericsTests {
  private static let zen = NativeSupport.kernels("OpenBLAS 0.3.21 Zen")

  private func expand(
    _ numerics: String?, _ native: NativeSupport? = zen, dtype: String? = nil
  ) throws -> SweepExpansion {
    var request = try PlannedSweep.request(("to", "a fox wearing a crown"), ("tau", "0,0.5"))
    if let numerics { try request.set("numerics", to: numerics) }
    if let dtype { try request.set("dtype", to: dtype) }
    let cpus = [WorkerCPU(place: "local", name: "Zen 4", hasBF16: true)]
    return try PlannedSweep.expand(request, cpus: cpus, native: native)
  }

  @Test func sourcesNameTheKernels() throws {
    let expansion = try expand("native")
    #expect(
      expansion.submission.sources.map(\.spec.numerics)
        == [Numerics(mode: .native, kernels: "OpenBLAS 0.3.21 Zen")])
    #expect(expansion.remarks.contains("numerics native is OpenBLAS 0.3.21 Zen"))
    let form = try #require(expansion.submission.sources.first).spec.canonicalForm
    #expect(form.text.contains("numerics.kernels=OpenBLAS 0.3.21 Zen\n"))
    #expect(form.text.contains("numerics.mode=native\n"))
    // Other kernels, other keys; none, no request.
    let other = try expand("native", .kernels("OpenBLAS 0.3.21 SkylakeX")).submission
    #expect(
      Set(other.variants.map(\.key)).isDisjoint(with: expansion.submission.variants.map(\.key)))
    #expect(other.requestHash != expansion.submission.requestHash)
    for native in [nil, NativeSupport.missing("it is not there")] {
      let error = try Vocabulary.error { _ = try expand("native", native) }
      #expect(error.code == "native-unavailable")
    }
  }

  /// A request of before there was a choice keeps its hash: its client's key stands for it.
  @Test func portableIsSaidByNothing() throws {
    let plain = try expand(nil, nil).submission
    #expect(!plain.request.contains("numerics") && !plain.request.contains("kernels"))
    for native in [nil, Self.zen] {
      let said = try expand("portable", native).submission
      #expect(said.requestHash == plain.requestHash)
      #expect(said.sources.map(\.key) == plain.sources.map(\.key))
    }
  }

  @Test func theStoredRequestSaysWhatWasTaken() throws {
    let native = try expand("native").submission
    let again = try SweepRequest(canonical: native.request)
    #expect(again.numerics == .native)
    #expect(
      try PlannedSweep.expand(again, native: Self.zen).submission.requestHash
        == native.requestHash)
    // What was settled when it was made stays, whatever a setting says now.
    #expect(try SweepRequest(canonical: expand(nil).submission.request).numerics == .portable)
  }

  @Test func nativeComputesInF32() throws {
    #expect(try expand("native", dtype: "auto").submission.sources[0].spec.compute == .f32)
    #expect(try Vocabulary.error { _ = try expand("native", dtype: "bf16") }.code == "native-bf16")
    #expect(try expand("portable", dtype: "bf16").submission.sources[0].spec.compute == .bf16)
  }

  @Test func filesSayItToo() throws {
    let yaml = "prompt: a cat wearing a crown\nto: a fox wearing a crown\nnumerics: native\n"
    let json = #"{"prompt": "a cat", "to": "a fox", "numerics": "native"}"#
    for text in [yaml, json] {
      #expect(try SweepFile.request(yaml: text, file: "crown").numerics == .native)
    }
    let request = try SweepFile.request(yaml: yaml, file: "crown.yaml")
    let refused = try Vocabulary.error { _ = try PlannedSweep.expand(request) }
    #expect(refused.what.hasPrefix("crown.yaml:3:11: native numerics need"), "\(refused.what)")
    let wrong = try Vocabulary.error {
      _ = try SweepFile.request(yaml: yaml.replacing("native", with: "fast"), file: "crown.yaml")
    }
    #expect(wrong.what == "crown.yaml:3:11: numerics cannot be \"fast\"")
    #expect(wrong.details.contains("legal: portable, native"))
    let other = try Vocabulary.error {
      _ = try SweepFile.request(yaml: yaml.replacing("numerics", with: "blas"), file: "f")
    }
    #expect(other.what.contains("Did you mean numerics?"))
  }

  @Test func aSettingGivesTheDefault() throws {
    func mode(_ text: String?) throws -> Numerics.Mode {
      let environment = text.map { ["P2P_NUMERICS": $0] } ?? [:]
      return try Configuration(environment: environment).numerics()
    }
    #expect(try mode(nil) == .portable && mode("portable") == .portable)
    #expect(try mode("native") == .native)
    let error = try Vocabulary.error { _ = try mode("fast") }
    #expect(error.code == "bad-setting" && error.status == .configuration)
    #expect(error.what.contains("P2P_NUMERICS") && error.details == ["legal: portable or native"])
  }
}
