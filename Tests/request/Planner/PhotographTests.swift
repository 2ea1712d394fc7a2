import EditJobs
import Files
import Planner
import Testing

/// Requests that begin at a photograph: what is planned, counted, refused, and read back.
@Suite struct PhotographTests {
  private static let image = Digest(of: "cut".utf8)

  private func expand(_ request: SweepRequest) throws -> SweepExpansion {
    let tokenizer = try Vocabulary.clip.get()
    return try SweepExpansion(request) { _ throws(EditError) in
      PlannedModel(
        facts: PlannedSweep.facts, folder: "/models/sd15", tokenizer: tokenizer,
        images: Dictionary(uniqueKeysWithValues: request.images.map { ($0, Self.image) }))
    }
  }

  private func request(_ settings: (String, String)...) throws -> SweepRequest {
    var request = try PlannedSweep.request(
      ("to", "a fox wearing a crown"), ("image", " holiday photos/a  cat.jpg"))
    for (name, value) in settings { try request.set(name, to: value) }
    return request
  }

  @Test func thePhotographTakesThePlaceOfTheSeed() throws {
    let request = try request()
    #expect(request.images == ["holiday photos/a  cat.jpg"])
    let spec = try #require(try expand(request).submission.sources.first?.spec)
    #expect(spec.photograph == Photograph(image: Self.image, inversion: .direct))
    let text = spec.canonicalForm.text
    #expect(text.contains("image=\(Self.image)\n") && text.contains("inversion=direct\n"))
    #expect(!text.contains("seed="))
    let other = try expand(self.request(("inversion", "negative-prompt"))).submission
    #expect(other.sources.first?.spec.photograph?.inversion == .negativePrompt)
    #expect(other.sources.first?.key != spec.key)
    var seeded = spec
    seeded.photograph = nil
    #expect(seeded.key != spec.key)
  }

  @Test func plansCountTheInversion() throws {
    func estimate(_ settings: (String, String)...) throws -> SweepEstimate {
      var request = try request(("tau", "0..1:0.25"), ("reprompt", "false"))
      for (name, value) in settings { try request.set(name, to: value) }
      return SweepEstimate(try expand(request).submission)
    }
    let tree = 50 + 50 + 38 + 25 + 13
    let direct = try estimate()
    #expect(direct.guidedSteps == 100 + tree)
    #expect(direct.evaluations == 50 + 50 + 2 * tree)
    // Inversion, the offsets with two rows of two branches, and a run of those for each cell.
    #expect(direct.publishedEvaluations == 50 + 200 + 5 * 200)
    #expect(direct.mapBytes == 50 * 38_000_000)
    let negative = try estimate(("inversion", "negative_prompt"))
    #expect(negative.evaluations == 50 + 100 + 2 * tree)
    #expect(negative.publishedEvaluations == 50 + 5 * 200)
    #expect(try estimate(("cfg", "1")).evaluations == 50 + 50 + tree)
    // Time is reckoned by these: a step of the inversion counts as the one row that it is.
    #expect(Array(direct.evaluationsByModel.values) == [direct.evaluations])
  }

  @Test func theRequestReadsBack() throws {
    var request = try request(("tau", "0.5,1"), ("inversion", "negative_prompt"))
    let stored = ImageReference(file: "a  cat.jpg", digest: Digest(of: "file".utf8))
    request.photographs[request.images[0]] = stored
    let canonical = try expand(request).submission.request
    let read = try SweepRequest(canonical: canonical)
    #expect((read.images, read.inversion) == ([stored.file], .negativePrompt))
    #expect(read.photographs == [stored.file: stored])
    #expect(try expand(read).submission.request == canonical)
    // A sweep without one keeps the request that it had before there were photographs.
    let plain = try PlannedSweep.expand(PlannedSweep.request(("to", "a fox wearing a crown")))
    #expect(!plain.submission.request.contains("image"))
    #expect(!plain.submission.request.contains("inversion"))
    let typed = ImageReference(typed: "sha256:\(Digest(of: "file".utf8))")
    #expect(typed.digest == stored.digest)
    #expect(ImageReference(typed: "sha256:12").digest == nil)
  }

  @Test(arguments: [
    ("seed", "3", "photograph-seed"), ("sampler", "euler", "inversion-sampler"),
    ("sampler", "ddim,dpmpp_2m", "inversion-sampler"), ("steps", "50,501", "inversion-steps"),
  ])
  func whatHasNoMeaningIsRefused(_ name: String, _ value: String, _ code: String) throws {
    let request = try request((name, value))
    let error = try Vocabulary.error { _ = try expand(request) }
    #expect(error.code == code && error.status == .data && error.hint != nil)
  }

  @Test func negativePromptsAreForDirectInversionAlone() throws {
    let negative = try request(("inversion", "negative_prompt"), ("negative", "blurry"))
    #expect(try Vocabulary.error { _ = try expand(negative) }.code == "inversion-negative")
    let direct = try expand(request(("negative", "blurry"))).submission
    #expect(direct.sources.first?.spec.unconditionalPrompt == "blurry")
    let spec = try expand(request(("inversion", "negative_prompt"))).submission.sources.first?.spec
    #expect(spec?.unconditionalPrompt == "a cat wearing a crown")
    let none = try PlannedSweep.request(("to", "a fox"), ("inversion", "direct"))
    #expect(try Vocabulary.error { _ = try PlannedSweep.expand(none) }.code == "no-photograph")
    #expect(throws: EditError.self) { try request(("inversion", "null_text")) }
  }

  @Test func aFileSaysWhereItIsWrong() throws {
    let request = try SweepFile.request(
      yaml: "prompt: a cat wearing a crown\nimage: cat.png\nseed: 4\nto: a fox wearing a crown\n",
      file: "x.yaml")
    let error = try Vocabulary.error { _ = try expand(request) }
    #expect(error.code == "photograph-seed" && error.what.hasPrefix("x.yaml:3:1:"))
  }

  @Test func recordsOfAnInversionAreSteps() {
    let spec = SourceSpec(
      model: Self.image, prompt: "a cat", seed: 0, photograph: Photograph(image: Self.image),
      steps: 10, guidance: 7.5, width: 512, height: 512)
    #expect((spec.inversionSteps, spec.totalSteps, spec.evaluations) == (10, 20, 20))
    #expect([-10, -9, -1, 0, 1, 10].map(spec.completeSteps(at:)) == [0, 1, 9, 10, 11, 20])
    #expect(spec.evaluationsOfVariant() == 20 && spec.evaluationsOfVariant(sharing: 4) == 12)
  }
}
