import EditJobs
import Foundation
import JobStore
import Testing

/// Values that begin with a minus, wherever a value is typed.
@Suite struct DashedValueTests {
  private static let model = ["--model", RealSweep.model]
  private static let sweep = ["sweep"] + model + ["--steps", "2", "--prompt", "-a red circle"]

  @Test func theyReachTheirOptions() throws {
    let folder = try TemporaryFolder()
    let ran = try RealSweep.p2p(
      Self.sweep + ["--to", "-a blue -dog", "--to", "- a cat", "--w", "-dog=-2"], folder.state)
    // The second prompt has no such word.
    #expect(ran.status == 65 && ran.errors.contains("-dog"), "\(ran)")
    let good = try RealSweep.p2p(
      Self.sweep + [
        "--to", "-a blue -dog", "--negative", "--ugly", "--key", "-5", "--name", "x",
        "--priority", "-5", "--w", "dog=-2,-1", "--json",
      ], folder.state)
    #expect(good.status == 0, "\(good)")
    let status = try RealSweep.p2p(["status", "--json"], folder.state)
    #expect(status.output.contains("\"priority\":-5"), "\(status)")
    let detail = try SmallSweep.read(folder.state) { try $0.sweep(1) }
    #expect(detail.request.contains("-a blue -dog") && detail.request.contains("--ugly"))
    #expect(detail.axes.first?.values == ["-2", "-1"])
    // A name that cannot be one is refused for what it is.
    let named = try RealSweep.p2p(Self.sweep + ["--name", "-x"], folder.state)
    #expect(named.status == 65 && named.errors.contains("\"-x\""), "\(named)")
    #expect(try RealSweep.p2p(["status", "--", "-x"], folder.state).status == 66)
    #expect(try RealSweep.p2p(["priority", "1", "-7"], folder.state).status == 0)
  }

  @Test func textsAreTokenized() throws {
    let folder = try TemporaryFolder()
    for arguments in [
      ["tokens", "-dog"] + Self.model, ["tokens"] + Self.model + ["-dog"],
      ["tokens", "--model=\(RealSweep.model)", "--", "-dog"],
      ["tokens", "-dog", "--to", "-cat", "--json"] + Self.model,
      ["tokens", "-5"] + Self.model,
    ] {
      let ran = try RealSweep.p2p(arguments, folder.state)
      #expect(ran.status == 0 && ran.output.contains("-"), "\(arguments): \(ran)")
    }
    let mistyped = try RealSweep.p2p(["tokens", "a", "--jsn"], folder.state)
    #expect(mistyped.status == 64 && mistyped.errors.contains("--jsn"), "\(mistyped)")
  }

  @Test func filesMayBeCalledSo() throws {
    let sweep = try FinishedSweep()
    for verb in [
      "p2p latents done:r1c1 -o -l.safetensors", "p2p grid done --output -g.png",
      "p2p attn done:r1c1 --token circle --raw -n.npy -o -a.png",
      "p2p results done --sort -psnr --where 'tau_to>=-1'", "p2p wait done --out -out",
      "p2p maps s-$(ls $P2P_RESULTS/sources | cut -c1-8) --step 0 -o -m.safetensors",
      "p2p-worker run -- -x.json || [ $? = 66 ]",
    ] {
      let ran = try sweep.shell(verb)
      #expect(ran.status == 0, "\(verb): \(ran)")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: sweep.folder.path)
    for name in ["-l.safetensors", "-g.png", "-n.npy", "-n.npy.json", "-a.png", "-m.safetensors"] {
      #expect(files.contains(name), "\(files)")
    }
  }

  /// What follows an option and is one is not its value.
  @Test func aMissingValueIsStillMissing() throws {
    let folder = try TemporaryFolder()
    for arguments in [
      Self.sweep + ["--to", "--wait"], Self.sweep + ["--name", "--dry-run"],
      Self.sweep + ["--to", "--name=x"], ["results", "--sort", "--csv"], ["grid", "-o", "--dark"],
      Self.sweep + ["--priority"],
    ] {
      let ran = try RealSweep.p2p(arguments, folder.state)
      #expect(ran.status == 64 && ran.errors.contains("Missing value"), "\(arguments): \(ran)")
    }
    let meant = try RealSweep.p2p(Self.sweep + ["--to=--wait", "--dry-run"], folder.state)
    #expect(meant.status == 0, "\(meant)")
    #expect(try Ran(Built.program("p2pd"), ["--log-level", "-x"]).errors.contains("-x"))
  }
}
