import EditJobs
import Files
import Planner
import Testing

/// `dtype` from a request to its sources and back.
@Suite struct DtypeTests {
  private static let has = [WorkerCPU(place: "local", name: "Zen 4", hasBF16: true)]
  private static let lacks = [WorkerCPU(place: "local", name: "Zen 2", hasBF16: false)]

  private func expand(_ dtype: String?, _ cpus: [WorkerCPU]) throws -> SweepExpansion {
    var request = try PlannedSweep.request(("to", "a fox wearing a crown"), ("tau", "0,0.5"))
    if let dtype { try request.set("dtype", to: dtype) }
    return try PlannedSweep.expand(request, cpus: cpus)
  }

  @Test func sourcesHaveWhatItIsResolvedTo() throws {
    for (dtype, cpus, compute) in [
      ("auto", Self.has, ComputeType.bf16), ("auto", Self.lacks, .f32), ("auto", [], .f32),
      ("f32", Self.has, .f32), ("bf16", Self.has, .bf16), ("bf16", [], .bf16),
    ] {
      let expansion = try expand(dtype, cpus)
      #expect(expansion.submission.sources.map(\.spec.compute) == [compute], "\(dtype) \(cpus)")
      #expect(expansion.remarks.contains { $0.hasPrefix("dtype auto is") } == (dtype == "auto"))
    }
    #expect(try expand(nil, Self.has).submission.sources[0].spec.compute == .f32)
  }

  /// A request of before there was a choice keeps its hash: its client's key stands for it.
  @Test func f32IsSaidByNothing() throws {
    let plain = try expand(nil, []).submission
    #expect(!plain.request.contains("dtype"))
    for (dtype, cpus) in [("f32", Self.has), ("auto", Self.lacks)] {
      let submission = try expand(dtype, cpus).submission
      #expect(submission.requestHash == plain.requestHash)
      #expect(submission.sources.map(\.key) == plain.sources.map(\.key))
    }
    let bf16 = try expand("auto", Self.has).submission
    #expect(bf16.requestHash != plain.requestHash)
    #expect(Set(bf16.variants.map(\.key)).isDisjoint(with: plain.variants.map(\.key)))
  }

  @Test func theStoredRequestSaysWhatWasTaken() throws {
    let auto = try expand("auto", Self.has).submission
    let again = try SweepRequest(canonical: auto.request)
    #expect(again.dtype == .bf16)
    #expect(
      try PlannedSweep.expand(again, cpus: Self.has).submission.requestHash == auto.requestHash)
    #expect(try SweepRequest(canonical: expand("f32", []).submission.request).dtype == .f32)
  }

  @Test func bf16WithoutTheInstructionIsRefused() throws {
    let error = try Vocabulary.error { _ = try expand("bf16", Self.lacks) }
    #expect(error.code == "dtype-unavailable" && error.status == .unavailable)
    #expect(error.hint == "--dtype f32")
  }

  @Test func filesSayItToo() throws {
    let yaml = "prompt: a cat wearing a crown\nto: a fox wearing a crown\ndtype: bf16\n"
    let request = try SweepFile.request(yaml: yaml, file: "crown.yaml")
    #expect(request.dtype == .bf16)
    let refused = try Vocabulary.error {
      _ = try PlannedSweep.expand(request, cpus: Self.lacks)
    }
    #expect(refused.what.hasPrefix("crown.yaml:3:8: bf16 needs AVX512-BF16"), "\(refused.what)")
    let wrong = try Vocabulary.error {
      _ = try SweepFile.request(yaml: yaml.replacing("bf16", with: "f16"), file: "crown.yaml")
    }
    #expect(wrong.what == "crown.yaml:3:8: dtype cannot be \"f16\"")
    #expect(wrong.details.contains("legal: auto, f32, bf16"))
    let other = try Vocabulary.error {
      _ = try SweepFile.request(yaml: yaml.replacing("dtype", with: "precision"), file: "f")
    }
    #expect(other.what.contains("Did you mean dtype?"))
  }
}
