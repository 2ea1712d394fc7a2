import ArgumentParser
import EditJobs
import Files

/// The engine's program: orders of the daemon, orders from a file, checks and measurements.
@main
struct WorkerProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "p2p-worker",
    abstract: "Runs Stable Diffusion edits for p2pd and batch systems.",
    subcommands: [Serve.self, Run.self, Inspect.self, Bench.self, Maps.self])

  static func main() {
    do {
      var command = try parseAsRoot(try ProgramStart.arguments(describedBy: _dumpHelp))
      try command.run()
    } catch {
      ProgramEnd.error(error, of: "p2p-worker") {
        (fullMessage(for: $0), exitCode(for: $0).rawValue)
      }
    }
  }
}

/// What every command that computes may be told.
struct ComputeOptions: ParsableArguments {
  @Option(help: "Threads to compute on.")
  var threads = ProcessStart.defaultThreads

  @Option(
    help: """
      Whose kernels compute: portable (ours, equal bytes on every CPU with AVX2) or native (OpenBLAS's, \
      f32 alone); an order from a file says it itself.
      """, transform: Self.mode)
  var numerics: Numerics.Mode?

  @Option(
    help: """
      What matrix products round their factors to: f32 (nothing) or bf16 (CPUs with AVX512-BF16); an \
      order from a file says it itself.
      """, transform: Self.computeType)
  var dtype: ComputeType?

  @Option(help: ArgumentHelp("Where hashes of model files are remembered.", valueName: "file"))
  var digestCache: String?

  @Option(help: ArgumentHelp("Memory that weights and lanes may take.", valueName: "bytes"))
  var memory: Int64?

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads is a number from 1 to 1024: \(threads)")
    }
    if let memory, memory <= 0 {
      throw ValidationError("--memory is a positive number of bytes: \(memory)")
    }
  }

  private static func mode(_ text: String) throws -> Numerics.Mode {
    guard let mode = Numerics.Mode(rawValue: text) else {
      throw ValidationError("--numerics is portable or native: \(text)")
    }
    return mode
  }

  private static func computeType(_ text: String) throws -> ComputeType {
    guard let type = ComputeType(rawValue: text) else {
      throw ValidationError("--dtype is f32 or bf16: \(text)")
    }
    return type
  }

  /// The options of an engine for any order.
  func engine(model: String, digest: Digest?) -> EngineOptions {
    engine(
      model: model, digest: digest, numerics: numerics ?? .portable, compute: dtype ?? .f32)
  }

  /// The options of an engine for an order; a `dtype` and `numerics` that were typed stay, and the
  /// order is refused where it has others.
  func engine(for order: WorkOrder) -> EngineOptions {
    engine(
      model: order.model, digest: order.source.model,
      numerics: numerics ?? order.source.numerics.mode, compute: dtype ?? order.source.compute)
  }

  private func engine(
    model: String, digest: Digest?, numerics: Numerics.Mode, compute: ComputeType
  ) -> EngineOptions {
    EngineOptions(
      model: model, digest: digest, threads: threads, memory: memory, digestCache: digestCache,
      numerics: numerics, compute: compute)
  }
}
