import Foundation
import Testing

/// Output that cannot be written or that nobody reads, in every verb of the three programs.
@Suite(.serialized) struct LostOutputTests {
  @Test func everyVerbSeesThatItsOutputIsLost() throws {
    let sweep = try FinishedSweep()
    #expect(sweep.made.status == 0, "\(sweep.made.errors)")
    for verb in FinishedSweep.printing {
      let plain = try sweep.shell(verb)
      #expect(plain.status == 0 && !plain.output.isEmpty, "\(verb): \(plain)")
      for lost in [">/dev/full", ">&-"] {
        let ran = try sweep.shell("\(verb) \(lost)")
        #expect(ran.status == 74, "\(verb) \(lost): \(ran)")
        #expect(ran.errors.contains("standard output cannot be written"), "\(verb): \(ran)")
      }
      // What is said beside it may be lost.
      for lost in ["2>/dev/full", "2>&- <&-"] {
        let ran = try sweep.shell("\(verb) \(lost)")
        #expect(ran.status == 0 && !ran.output.isEmpty, "\(verb) \(lost): \(ran)")
      }
    }
  }

  /// A reader that is gone ends a program as the signal would have, without a word.
  @Test func aBrokenPipeEndsQuietly() throws {
    let sweep = try FinishedSweep()
    for verb in FinishedSweep.printing where !verb.hasPrefix("p2p-worker inspect") {
      for ignoring in verb.hasPrefix("p2p status") ? ["", "trap '' PIPE; "] : [""] {
        let ran = try sweep.shell(
          "\(ignoring)(sleep 0.05; \(verb)) | true; exit ${PIPESTATUS[0]}")
        #expect(ran.status == 141, "\(verb): \(ran)")
        let words = ran.errors.split(separator: "\n").filter {
          !$0.contains("try: p2p models pull")
        }
        #expect(!words.contains { $0.hasPrefix("p2p") }, "\(verb): \(ran)")
      }
    }
  }

  /// A pipe that does not wait for its reader takes everything all the same.
  @Test func aPipeThatDoesNotWaitGetsEverything() throws {
    let sweep = try FinishedSweep()
    let plain = try sweep.shell("p2p --generate-completion-script zsh")
    let slow = """
      python3 -c '
      import os, subprocess, time
      r, w = os.pipe(); os.set_blocking(w, False)
      p = subprocess.Popen(["p2p", "--generate-completion-script", "zsh"], stdout=w); os.close(w)
      time.sleep(0.5); print(len(b"".join(iter(lambda: os.read(r, 65536), b""))), p.wait())'
      """
    let ran = try sweep.shell(slow)
    #expect(ran.output == "\(plain.output.utf8.count) 0\n", "\(ran)")
  }

  @Test func tooFewDescriptorsAreAnErrorAndNoTrap() throws {
    let sweep = try FinishedSweep()
    var refused = 0
    // Of a size that nobody asked for yet: another program is asked about the model.
    let asking = "p2p enqueue --model $M --size 128x128 --prompt x --dry-run"
    for verb in FinishedSweep.printing + [asking] {
      for limit in verb == asking ? [8, 10, 12, 14, 16] : [7, 10] {
        let ran = try sweep.shell("ulimit -n \(limit); \(verb)")
        // bash ends with 126 or 127 where the program cannot even be loaded.
        #expect(ran.status < 128, "\(verb) with \(limit): \(ran)")
        if ran.errors.contains("try: ulimit -n 256") { refused += 1 }
      }
    }
    #expect(refused > 0)
    for limit in [8, 12, 16] {
      let ran = try sweep.shell("ulimit -n \(limit); timeout -k 2 5 p2pd run --embedded")
      // bash ends with 127 where the program cannot even be loaded.
      let isSaid = ran.status == 71 && ran.errors.contains("try: ulimit -n 256")
      #expect(isSaid || ran.status == 127, "p2pd with \(limit): \(ran)")
    }
  }

  @Test func theDaemonWorksWhereNobodyHearsIt() throws {
    let sweep = try FinishedSweep()
    for lost in ["2>/dev/full", "2>&- >&-", "2> >(true)"] {
      let asked = try sweep.shell(
        "p2p enqueue --model $M --steps 2 --prompt 'a circle' --seed $RANDOM --no-reprompt")
      #expect(asked.status == 0)
      let ran = try sweep.shell("timeout 60 p2pd run --embedded \(lost)")
      #expect(ran.status == 0, "\(lost): \(ran)")
      let left = try sweep.shell("p2p wait @last --json")
      #expect(left.output.contains("\"state\":\"done\""), "\(left)")
    }
  }
}
