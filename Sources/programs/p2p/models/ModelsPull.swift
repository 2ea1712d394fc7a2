import ArgumentParser
import Files
import Foundation
import HubCache
import ModelHub
import Synchronization

/// `p2p models pull`: brings a model from the hub into the cache.
struct ModelsPull: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Fetches a model from the hub, or goes on with it.",
    discussion: """
      Only the files that a run reads are fetched: configurations, tokenizers, the scheduler and \
      safetensors. Ctrl-C, a kill or a lost connection leave partial files; the same command goes on \
      behind their last byte. Every file's hash is checked before it gets its name.
      """)

  @Argument(help: "org/name or org/name@revision.")
  var model: String

  @Option(help: "Weights of a variant, e.g. fp16; the plain ones where a part has no such.")
  var variant: String?

  @Flag(help: "Prints JSON.")
  var json = false

  private static let isInterrupted = Atomic<Bool>(false)

  func run() throws {
    let (name, own) = try Models.named(model)
    guard variant == nil || own == nil || variant == own else {
      throw EditError(
        "bad-option", .usage, "two variants are named: \(own ?? "") and \(variant ?? "")",
        hint: "p2p models pull \(name) --variant \(own ?? "")")
    }
    let variant = variant ?? own
    let environment = Models.environment
    Self.watchForInterrupts()
    let progress = PullProgress()
    do {
      let report = try ModelPull(
        name, variant: variant, into: HubCache(environment),
        settings: HubSettings(environment),
        isCancelled: { Self.isInterrupted.load(ordering: .relaxed) },
        events: { progress.show($0) }
      ).run()
      progress.clear()
      try show(report, name)
    } catch is HubInterrupted {
      progress.clear()
      Terminal.note("p2p: interrupted; what was fetched is kept: the same command goes on there")
      // Ended as the signal would have ended it. It is blocked on this thread, so not by `raise`.
      signal(SIGINT, SIG_DFL)
      kill(getpid(), SIGINT)
      sleep(1)
      throw Stop(status: .temporary)
    } catch {
      progress.clear()
      throw error
    }
  }

  private static func watchForInterrupts() {
    let before = signal(SIGINT) { _ in
      // A second Ctrl-C ends at once.
      signal(SIGINT, SIG_DFL)
      ModelsPull.isInterrupted.store(true, ordering: .relaxed)
    }
    // Where it was ignored, as in the background of a script, it stays so.
    if unsafeBitCast(before, to: Int.self) == 1 { signal(SIGINT, before) }
  }

  private func show(_ report: PullReport, _ name: HubModelName) throws {
    let snapshot = report.snapshot
    if json {
      return try JSONOutput.print(
        Document(
          model: name.description, commit: snapshot.commit, folder: snapshot.path,
          files: report.files, bytes: report.bytes, fetched_bytes: report.fetched,
          from_cache: report.isFromCache,
          not_verifiable: report.notVerifiable.map(\.description)))
    }
    for path in report.notVerifiable {
      Terminal.note("\(path): the hub gives no hash of it; only its size is known to be right")
    }
    try Output.line(
      "\(name): \(report.files) files, \(ByteText.of(report.bytes))"
        + (report.isFromCache ? "" : ", \(ByteText.of(report.fetched)) fetched now"))
    try Output.line("in \(snapshot.path)")
  }

  private struct Document: Encodable {
    var schema = "p2p.models-pull/1"
    var model: String
    var commit: String
    var folder: String
    var files: Int
    var bytes: Int64
    var fetched_bytes: Int64
    var from_cache: Bool
    var not_verifiable: [String]
  }
}
