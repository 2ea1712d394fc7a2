import EditJobs
import Files
import Planner
import Testing

/// A file that answers one question twice is asked which answer it means.
@Suite struct SetTwiceTests {
  @Test(arguments: [
    "self_tau: 0.2\naxes: {self_tau: [0.4, 0.6]}", "tau: 0.2\naxes: {tau: 0.4}",
    "seed: 1\nzip: [{seed: [1, 2], tau: [0, 1]}]", "self_tau: 0.1\nself-tau: 0.2",
    "w:crown: 2\naxes: {\"w:crown\": [1, 2]}", "'w:crown': 2\n'w:\"crown\"': 3",
    "tau_words: {crown: 0.5}\n'tau:crown': 0.6", "sweep: a\nname: b",
    "blend: cat\nblend_subtract: crown\nblend_substract: cat",
    "blend_threshold: 0.3\naxes: {blend_threshold: [0.2, 0.4]}",
    "method: auto\naxes: {method: refine}",
    "axes: {tau: [0, 1], \"w:crown\": 1}\nzip: [{\"w:crown\": [1, 2], seed: [1, 2]}]",
  ])
  func isRefused(_ lines: String) throws {
    let error = try Vocabulary.error {
      _ = try SweepFile.request(yaml: "prompt: a cat wearing a crown\n\(lines)\n", file: "f.yaml")
    }
    #expect(error.what.contains("twice"), "\(error)")
    #expect(error.what.hasPrefix("f.yaml:"), "\(error)")
  }

  /// What is null is no answer, and a flag replaces a file's.
  @Test func othersAreNot() throws {
    var request = try SweepFile.request(
      yaml:
        "prompt: a cat\nself_tau: ~\naxes: {self_tau: [0.4, 0.6]}\nexclude: [{self_tau: 0.4}]\n",
      file: "f.yaml")
    #expect(request.axes.map(\.count) == [2])
    request.clear("self_tau")
    try request.set("self_tau", to: "0.1,0.2,0.3")
    #expect(request.axes.map(\.count) == [3])
  }
}
