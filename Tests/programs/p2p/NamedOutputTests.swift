import Foundation
import Testing

/// What `-o` names: a plain file, a link, a pipe, a device, a descriptor.
@Suite(.serialized) struct NamedOutputTests {
  private static let verbs = [
    "p2p latents done:r1c1 -o", "p2p grid done -o", "p2p attn done:r1c1 --token circle -o",
    "p2p maps $SOURCE --step 0 -o", "p2p maps $SOURCE --step 0 --json -o",
  ]

  private func source(_ sweep: FinishedSweep) throws -> String {
    let ran = try sweep.shell("ls \"$P2P_RESULTS/sources\"")
    return "SOURCE=s-\(ran.output.prefix(8)); "
  }

  @Test func everyVerbWritesThroughWhatItNames() throws {
    let sweep = try FinishedSweep()
    let source = try source(sweep)
    for verb in Self.verbs {
      let made = try sweep.shell("\(source)rm -f plain.png; \(verb) plain.png")
      #expect(made.status == 0, "\(verb): \(made)")
      for (what, command) in [
        ("a descriptor", "\(verb) /dev/stdout >got"), ("a pipe", "\(verb) /dev/stdout | cat >got"),
        ("another descriptor", "\(verb) /dev/fd/5 5>got"),
        ("a substitution", "\(verb) >(cat >got; : >end); until [ -e end ]; do sleep 0.05; done"),
        ("a fifo", "rm -f f; mkfifo f; cat f >got & \(verb) f; wait; [ -p f ]"),
        ("a link", "echo old >got; ln -sf got link; \(verb) link; [ -L link ]"),
        ("a dangling link", "rm got; ln -sf ./got link; \(verb) link; [ -L link ]"),
        ("links", "mkdir -p d; ln -sf ../link d/two; \(verb) d/two; [ -L link ] && [ -L d/two ]"),
        ("an old file", "chmod 640 got; \(verb) got; [ \"$(stat -c %a got)\" = 640 ]"),
      ] {
        let ran = try sweep.shell("\(source)rm -f end; \(command) && cmp got plain.png")
        #expect(ran.status == 0, "\(verb), \(what): \(ran)")
      }
    }
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let sweep = try FinishedSweep()
    let source = try source(sweep)
    for verb in Self.verbs {
      for (place, status, words) in [
        (".", 73, "Is a directory"), ("nowhere/x.png", 73, "No such file"),
        ("/dev/full", 74, "No space left"), ("/dev/fd/77", 73, "Bad file descriptor"),
      ] {
        let ran = try sweep.shell("\(source)\(verb) \(place)")
        #expect(ran.status == status, "\(verb) \(place): \(ran)")
        #expect(ran.errors.contains(words) && ran.errors.contains(place), "\(ran)")
      }
      let ring = try sweep.shell("\(source)ln -sf b a; ln -sf a b; \(verb) a")
      #expect(ring.status == 73 && ring.errors.contains("symbolic links"), "\(ring)")
    }
    let both = try sweep.shell("p2p attn done:r1c1 --token circle --raw /dev/stdout")
    #expect(both.status == 73 && both.errors.contains("--raw writes two"), "\(both)")
    let left = try sweep.shell("ls -A | grep '^.p2p-'")
    #expect(left.output.isEmpty, "temporary files are left: \(left.output)")
  }
}
