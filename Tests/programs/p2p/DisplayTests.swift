import EditJobs
import Files
import Foundation
import Testing

/// Prompts with what a terminal would act on, in every verb that shows them.
@Suite(.serialized) struct DisplayTests {
  private static let evil =
    "a blue \u{1B}]0;x\u{7} \u{9B}J \u{202E}y\u{2066}\u{7F}"

  private func expectClean(_ text: String, _ what: String) {
    let raw = text.unicodeScalars.filter { $0 != "\n" && $0.actsOnTerminals }
    #expect(raw.isEmpty, "\(what) prints \(raw.map(\.displayEscape)) in \(text.displayedLines)")
  }

  @Test func nothingReachesTheTerminal() throws {
    let sweep = try FinishedSweep(to: Self.evil)
    #expect(sweep.made.status == 0, "\(sweep.made.errors)")
    expectClean(sweep.made.text, "sweep --wait")
    let verbs =
      FinishedSweep.printing.filter { !$0.contains("--csv") && !$0.contains("completion") } + [
        "p2p tokens \"$EVIL\" --model $M", "p2p tokens 'a circle' --to \"$EVIL\" --model $M",
        "p2p attn done:r1c1 --token \"$EVIL\"", "p2p status \"$EVIL\"", "p2p status --\"$EVIL\"",
        "p2p \"$EVIL\"", "p2p results done --where \"$EVIL\"", "p2p wait \"$EVIL\"",
        "p2p sweep \"$EVIL\"", "p2p enqueue --model \"$EVIL\" --prompt x",
        "p2p sweep --model $M --prompt 'a circle' --to \"$EVIL\" --w \"$EVIL=1\"",
        "p2p sweep --model $M --prompt 'a circle' --to \"$EVIL\" --dry-run --name \"$EVIL\"",
        "p2p sweep --model $M --prompt 'a circle' --to \"$EVIL\" --seed \"$EVIL\"",
        "p2p models info \"$EVIL\"", "p2p models rm \"$EVIL\"", "p2p grid done -o \"$EVIL/x\"",
        "p2p latents done:r1c1 -o \"$EVIL/x\"", "p2p config --config \"$EVIL\"",
        "p2pd run --until \"$EVIL\"", "p2pd --\"$EVIL\"", "p2p-worker inspect \"$EVIL\"",
        "p2p-worker serve --model \"$EVIL\" --digest x", "p2p-worker run \"$EVIL\"",
      ]
    for verb in verbs {
      let ran = try sweep.shell("EVIL=$'\(Self.shellQuoted)'; \(verb) </dev/null")
      expectClean(ran.text, verb)
    }
    let shown = try sweep.shell("p2p explain done:r1c2")
    for word in ["\\u{1b}", "\\u{7}"] { #expect(shown.output.contains(word), "\(shown.output)") }
  }

  private static var shellQuoted: String {
    evil.utf8.map { "\\x" + String($0, radix: 16) }.joined()
  }

  /// JSON says the same, in escapes.
  @Test func jsonKeepsTheText() throws {
    let sweep = try FinishedSweep(to: Self.evil)
    let ran = try sweep.shell("p2p explain done:r1c1 --json")
    expectClean(ran.output, "explain --json")
    let value = try JSONSerialization.jsonObject(with: Data(ran.output.utf8)) as? [String: Any]
    let prompt = try #require(value?["edit_prompt"] as? String)
    #expect(prompt.unicodeScalars.contains("\u{9B}") && prompt.unicodeScalars.contains("\u{202E}"))
  }
}
