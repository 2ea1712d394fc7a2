import EditJobs
import Foundation
import JobStore
import Testing

/// `--json`: one document a call, numbers as numbers, times in RFC 3339; `watch --json` has lines.
@Suite(.serialized) struct JSONOutputTests {
  private func document(_ text: String) throws -> Any {
    #expect(text.hasSuffix("\n") && text.split(separator: "\n").count == 1, "\(text)")
    return try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  /// Every value of a key, wherever it is.
  private func values(_ key: String, in any: Any) -> [Any] {
    if let object = any as? [String: Any] {
      return object.flatMap { name, value in
        (name == key ? [value] : []) + values(key, in: value)
      }
    }
    return (any as? [Any])?.flatMap { values(key, in: $0) } ?? []
  }

  private func isNumber(_ any: Any?) -> Bool {
    any is NSNumber && !(any is Bool && "\(any ?? "")" == "true")
  }

  private static var time: Regex<(Substring, Substring?, Substring)> {
    #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/#
  }

  @Test func everyVerbPrintsOneDocument() throws {
    let sweep = try FinishedSweep()
    let second = try sweep.shell(
      "p2p sweep --model $M --name more --steps 2 --cfg 1 --prompt 'a cat' --seed 9007199254740993,3 "
        + "--tau 0.5,1s --no-reprompt --to 'a dog' --wait --foreground --json")
    let submitted = try #require(try document(second.output) as? [String: Any])
    #expect(submitted["schema"] as? String == "p2p.submitted/1" && second.status == 0, "\(second)")
    let standing = try #require(submitted["standing"] as? [String: Any])
    #expect(standing["state"] as? String == "done" && isNumber(standing["steps_total"]))
    let verbs = FinishedSweep.printing.filter { $0.contains("--json") && !$0.contains("watch") }
    #expect(verbs.count >= 8)
    for verb in verbs + [
      "p2p pause done more --json", "p2p resume done more --json", "p2p pause --json",
      "p2p resume --json", "p2p wait done more --json", "p2p retry all --json",
      "p2p enqueue --model $M --prompt x --steps 2 --json", "p2p cancel @last --json",
      "p2p status @last --json", "p2p grid done -o g.png --json", "p2p stop --json",
      "p2p sweep --model $M --prompt 'a cat' --to 'a dog' --seed 1,2 --dry-run --json",
    ] {
      let ran = try sweep.shell(verb)
      #expect(ran.status == 0, "\(verb): \(ran)")
      let all = try document(ran.output)
      for key in ["created", "due", "time", "finished", "changed"] {
        for value in values(key, in: all) where !(value is NSNull) && !(value is Bool) {
          #expect((value as? String)?.wholeMatch(of: Self.time) != nil, "\(verb): \(key) \(value)")
        }
      }
      for key in ["created_ms", "due_ms"] { #expect(values(key, in: all).isEmpty, "\(verb)") }
    }
  }

  @Test func numbersAreNumbersAndSeedsAreTexts() throws {
    let sweep = try FinishedSweep()
    let made = try sweep.shell(
      "p2p sweep --model $M --name more --steps 2 --cfg 1 --prompt 'a cat' --seed 9007199254740993,3 "
        + "--tau 0.5,1s --no-reprompt --to 'a dog' --wait --foreground")
    #expect(made.status == 0, "\(made)")
    let rows = try #require(
      try document(try sweep.shell("p2p results more --json").output) as? [[String: Any]])
    #expect(rows.count == 4)
    for row in rows {
      for key in ["sweep", "row", "column", "tau_to", "steps", "cfg", "width", "seconds", "ssim"] {
        #expect(isNumber(row[key]), "\(key): \(row[key] ?? "")")
      }
      for key in ["seed", "variant", "name", "prompt", "state"] { #expect(row[key] is String) }
    }
    #expect(Set(rows.compactMap { $0["seed"] as? String }) == ["9007199254740993", "3"])
    #expect(rows.contains { isNumber($0["tau"]) } && rows.contains { $0["tau"] as? String == "1s" })

    let status = try document(try sweep.shell("p2p status more --json").output)
    let cells = values("values", in: status).compactMap { $0 as? [String: Any] }
    #expect(cells.count == 4 && cells.allSatisfy { $0["seed"] is String })
    #expect(cells.contains { isNumber($0["tau"]) })
  }

  @Test func watchPrintsADocumentALine() throws {
    let sweep = try FinishedSweep()
    let ran = try sweep.shell("p2p watch done --json")
    let lines = ran.output.split(separator: "\n")
    let objects = try lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(ran.status == 0 && objects.count == 4, "\(ran)")
    for object in objects {
      #expect((object["time"] as? String)?.wholeMatch(of: Self.time) != nil, "\(object)")
      #expect(object["event"] is String)
    }
    #expect(objects.last?["event"] as? String == "settled")
    #expect(objects.last?["state"] as? String == "done")
  }

  /// A spreadsheet takes a text for a formula that begins as one.
  @Test func textsInTablesAreNoFormulas() throws {
    let sweep = try FinishedSweep(to: "=HYPERLINK(\"x\") a blue circle")
    let made = try sweep.shell(
      "p2p sweep --model $M --name formula --steps 2 --cfg 1.5 --prompt '@a cat' --to=-dog "
        + "--negative '+1' --w dog=-2,1 --no-reprompt --wait --foreground")
    #expect(made.status == 0, "\(made)")
    let first = try sweep.shell("p2p results done --csv").output
    #expect(first.contains(#""'=HYPERLINK(""x"") a blue circle""#), "\(first)")
    for csv in [
      try sweep.shell("p2p results @last --csv").output,
      try sweep.shell("cat $P2P_RESULTS/sweeps/*-2/results.csv").output,
    ] {
      for guarded in ["'@a cat", "'-dog"] {
        #expect(csv.contains(",\(guarded),"), "\(guarded) in \(csv)")
      }
      #expect(csv.contains(",1.5,") && csv.contains(",-2,"), "numbers stay: \(csv)")
      #expect(!csv.contains("'1.5") && !csv.contains("'-2"))
    }
  }
}
