import EditJobs
import Files
import Planner
import Testing

/// What the job table keeps of a request, and the sweep file that is made from it.
@Suite struct StoredRequestTests {
  private static let kept = #"""
    {"axes":[{"name":"tau","values":["0","0.5"]},{"name":"seed","values":["1","2"],"zip":[{"name":"w:crown","values":["1","2@[0.3,1]"]}]}],"blend_substract":"crown","cfg":7.5,"digest":"12ab","exclude":[{"seed":["1"],"tau":["0"]}],"maps":"f16","method":"auto","model":"/models/sd15","name":"no","negative":"a \"b\" / c","p2p":1,"priority":0,"prompt":"a cat wearing a crown","reprompt":true,"sampler":"ddim","self_max":null,"settings":{"blend":["cat -> fox"],"tau:crown":["0.5"],"to":["a fox wearing a crown"]},"size":[512,512],"steps":50}
    """#

  private static let file = #"""
    # p2p sweep sweep.yaml asks for the same again.
    # The model's digest: 12ab
    blend_subtract: "crown"
    cfg: 7.5
    exclude:
    - seed: ["1"]
      tau: ["0"]
    maps: "f16"
    method: "auto"
    model: "/models/sd15"
    name: "no"
    negative: "a \"b\" / c"
    priority: 0
    prompt: "a cat wearing a crown"
    reprompt: true
    sampler: "ddim"
    blend: "cat -> fox"
    "tau:crown": "0.5"
    to: "a fox wearing a crown"
    size: "512x512"
    steps: 50
    numerics: "portable"
    axes:
      tau: ["0", "0.5"]
    zip:
    - seed: ["1", "2"]
      "w:crown": ["1", "2@[0.3,1]"]

    """#

  @Test func theFileSaysWhatWasAsked() throws {
    #expect(StoredRequest.sweepFile(Self.kept) == Self.file)
    #expect(StoredRequest.sweepFile("no request") == "no request\n")
    let read = try SweepFile.request(yaml: Self.file, file: "sweep.yaml")
    let kept = try SweepRequest(canonical: Self.kept)
    #expect(read.axes == kept.axes && read.exclusions == kept.exclusions)
    #expect((read.size, read.name, read.blendSubtract) == (kept.size, "no", "crown"))
  }

  /// To the byte: the hash of the text is what a client's key stands for.
  @Test func theTextStays() throws {
    let digest = PlannedSweep.facts.digest.description
    let kept = Self.kept.replacing("12ab", with: digest)
    #expect(try PlannedSweep.expand(SweepRequest(canonical: kept)).submission.request == kept)
  }

  /// Files of before, whose lists of groups were indented, are not written again.
  @Test func theSameInAnotherStyleIsTheSame() {
    let older = Self.file.replacing("- seed: ", with: "  -\n    seed: ")
      .replacing("\n  tau: [\"0\"]\n", with: "\n    tau: [\"0\"]\n")
      .replacing("\n  \"w:crown\"", with: "\n    \"w:crown\"")
    #expect(older != Self.file && StoredRequest.sameSweepFile(older, Self.file))
    let grown = Self.file.replacing("[\"0\", \"0.5\"]", with: "[\"0\", \"1\"]")
    #expect(!StoredRequest.sameSweepFile(grown, Self.file))
    #expect(!StoredRequest.sameSweepFile("{", Self.file))
  }

  @Test(arguments: ["", "[]", "{\"steps\":[1]}", "{\"axes\":7}"])
  func whatIsNoneOfOursIsRefused(_ json: String) throws {
    let error = try Vocabulary.error { _ = try SweepRequest(canonical: json) }
    #expect(error.code == "request-unreadable")
  }
}
