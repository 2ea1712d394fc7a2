import ArgumentParser

/// How a verb that waits gets its daemon.
struct WaitingOptions: ParsableArguments {
  @Flag(
    help: """
      Where no p2pd runs, runs it as a part of this command, which ends it; else one is started that goes \
      on when this ends.
      """)
  var foreground = false
}

extension RequestOptions {
  func validate() throws {
    if waiting.foreground, !waits {
      throw ValidationError("--foreground is for --wait and --out")
    }
  }

  /// Whether the verb waits for what it enqueues.
  var waits: Bool { wait || out != nil }
}
