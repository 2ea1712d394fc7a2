import EditJobs
import Files
import Foundation
import Planner
import Testing

/// Null is absent wherever a value may stand, the quoted word is a word, and in a list null is wrong.
@Suite struct NullTests {
  private static let whole: [(name: String, value: String)] = [
    ("name", "\"n\""), ("negative", "\"blurry\""), ("to", "\"a fox wearing a crown\""),
    ("image", "\"photo.png\""), ("size", "\"512x512\""), ("dtype", "\"f32\""),
    ("self_max", "32"), ("compat", "\"google\""), ("blend", "\"cat -> cat\""),
    ("blend_start", "0.3"), ("seed", "7"), ("steps", "20"), ("cfg", "3"), ("tau", "0.5"),
    ("w:crown", "2"), ("tau:crown", "[0.2, 0.8]"), ("priority", "5"), ("key", "\"k\""),
    ("reprompt", "false"), ("axes", "{\"tau\": [0, 1]}"), ("tau_words", "{\"crown\": 0.5}"),
    ("zip", "[{\"tau\": [0, 1], \"w:crown\": [1, 2]}]"), ("exclude", "[{\"tau\": 0}]"),
  ]

  private func request(_ members: String) throws -> SweepRequest {
    // Members stand on a line of their own: requests remember the lines of what they hold.
    let text = "{\"prompt\": \"a cat wearing a crown\",\n\(members)\n}"
    return try SweepFile.request(yaml: text, file: "f.json")
  }

  @Test(arguments: whole) func nullIsAbsent(_ member: (name: String, value: String)) throws {
    let said = try request("\"\(member.name)\": \(member.value)")
    #expect(said != (try request("")), "the value alone says something")
    for null in ["null", "~", "!!null null"] {
      #expect(try request("\"\(member.name)\": \(null)") == (try request("")), "\(null)")
    }
  }

  /// In block form nothing at all may stand behind the colon.
  @Test func nothingIsAbsent() throws {
    let text = "prompt: a cat\nnegative:\nto: ~\naxes:\n  tau: [0, 1]\n  seed:\nexclude: Null\n"
    let request = try SweepFile.request(yaml: text, file: "f.yaml")
    #expect(request.axes.map(\.kind.name) == ["tau"])
    #expect(request.settings.map(\.kind.name) == ["tau"])
    #expect(request.exclusions.isEmpty)
  }

  @Test func quotedItIsAWord() throws {
    for quoted in ["\"null\"", "'null'", "\"~\""] {
      let word = String(quoted.dropFirst().dropLast())
      let request = try SweepFile.request(
        yaml: "prompt: \(quoted)\nnegative: \(quoted)\nto: [\(quoted), a]\n", file: "f.yaml")
      #expect(request.prompt == word)
      let submission = try PlannedSweep.expand(request).submission
      #expect(submission.sources.map(\.spec.negative) == [word])
      #expect(submission.axes.map(\.values) == [[word, "a"]])
    }
  }

  @Test(arguments: [
    "to: [null]", "negative: [a, ~]", "tau: [0, null]", "tau: [[0, null]]",
    "zip: [{tau: [0, null], \"w:crown\": [1, 2]}]", "zip: [null]", "exclude: [null]",
    "exclude: [{tau: [null]}]", "exclude: [{tau: null}]", "tau_words: {crown: [null]}",
    "~: 3", "nagative: null", "axes: {guidance: null}",
  ])
  func inAListItIsAnError(_ line: String) throws {
    let error = try Vocabulary.error {
      _ = try SweepFile.request(yaml: "prompt: a cat\n\(line)\n", file: "f.yaml")
    }
    #expect(error.what.hasPrefix("f.yaml:2:"), "\(error)")
  }

  @Test func aFileOfNothingIsEmpty() throws {
    for text in ["", "null", "~\n", "# nothing\n", "---\n"] {
      let error = try Vocabulary.error { _ = try SweepFile.request(yaml: text, file: "f") }
      #expect(error.what == "f is empty", "\(text)")
    }
  }

  /// The job table's own JSON says null where nothing was asked.
  @Test(arguments: ["null", "true", "on"]) func aSweepOfThatNameKeepsIt(_ name: String) throws {
    let asked = try PlannedSweep.request(
      ("name", name), ("tau", "0,1"), ("negative", name), ("to", name))
    let request = try PlannedSweep.expand(asked).submission.request
    let read = try SweepRequest(canonical: request)
    #expect(read.name == name)
    #expect(try PlannedSweep.expand(read).submission.request == request)
  }

  @Test func settingsToo() throws {
    func configuration(_ yaml: String) throws -> Configuration {
      let file = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID()).yaml")
      try yaml.write(to: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(at: file) }
      return try Configuration(file: file.path, environment: [:])
    }
    for text in ["null", "model: null\nmaps: ~\nmodels:\nworkers:\n", "maps: {quota: null}"] {
      let settings = try configuration(text)
      #expect(settings.value(.model) == nil, "\(text)")
      for setting in [Configuration.Setting.mapsQuota, .models, .workers] {
        #expect(settings.value(setting)?.origin == "default", "\(text)")
      }
    }
    #expect(try configuration("model: 'null'").value(.model)?.text == "null")
    for text in ["models: [/srv/a, null]", "wokers: null", "~: 3"] {
      #expect(throws: EditError.self, "\(text)") { try configuration(text) }
    }
  }
}
