import EditJobs
import Foundation
import JobStore

/// A small sweep called `done` that is finished, and verbs that look at it.
struct FinishedSweep {
  let folder: TemporaryFolder
  /// What was printed while it was made.
  let made: Ran

  /// Makes it with the real worker.
  init(prompt: String = "a red circle", to: String = "a blue circle") throws {
    folder = try TemporaryFolder()
    made = try RealSweep.p2p(
      [
        "sweep", "--name", "done", "--model", RealSweep.model, "--steps", "2", "--cfg", "1",
        "--prompt", prompt, "--to", to, "--tau", "0,1", "--wait",
      ], folder.state)
  }

  /// Runs a shell command in the test's folder, where `p2p`, `p2pd` and `p2p-worker` are those that
  /// were built, `$M` is the model and `$OUT` the folder.
  func shell(_ command: String) throws -> Ran {
    try Ran(
      "/bin/bash", ["-c", "cd \"$OUT\"; \(command)"],
      [
        "P2P_STATE": folder.state.path, "P2P_RESULTS": folder.state.results,
        "PATH": "\(Built.folder):/usr/bin:/bin", "M": RealSweep.model, "OUT": folder.path,
        "HF_HOME": "\(folder.path)/hub",
      ])
  }

  /// Verbs that print something, each of which succeeds.
  static let printing = [
    "p2p status", "p2p status done", "p2p status --json", "p2p status done --json",
    "p2p results done", "p2p results done --csv", "p2p results done --json",
    "p2p explain done:r1c1", "p2p explain done:r1c1 --json --steps",
    "p2p tokens 'a red circle' --model $M", "p2p tokens 'a red circle' --model $M --json",
    "p2p config", "p2p config show --json", "p2p models list", "p2p models list --json",
    "p2p pause done", "p2p resume done --json", "p2p priority done 3", "p2p retry done",
    "p2p wait done --json", "p2p watch done", "p2p watch done --json",
    "p2p grid done -o grid.png", "p2p attn done:r1c1 --token circle -o attn.png",
    "p2p latents done:r1c1 -o latents.safetensors",
    "p2p sweep --model $M --prompt 'a cat' --to 'a dog' --dry-run",
    "p2p enqueue --model $M --steps 2 --prompt 'a red circle'", "p2p cancel @last",
    "p2p --help", "p2p --version", "p2p help sweep", "p2p --generate-completion-script bash",
    "p2pd --help", "p2pd run --help", "p2pd --version", "p2p-worker --help",
    "p2p-worker inspect $M", "p2p-worker inspect",
  ]
}
