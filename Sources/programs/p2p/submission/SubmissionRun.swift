import EditJobs
import Files
import Foundation
import JobStore
import Planner
import Submissions

/// From a request to rows of the job table: what `enqueue` and `sweep` share.
struct SubmissionRun {
  private let request: SweepRequest
  private let asked: RequestOptions
  private let options: StateOptions
  /// The sweep that grows to what is requested; `nil` makes a new one.
  private let growing: Int64?

  init(
    _ request: SweepRequest, _ asked: RequestOptions, _ options: StateOptions,
    growing: Int64? = nil
  ) {
    (self.request, self.asked, self.options) = (request, asked, options)
    self.growing = growing
  }

  func run() async throws {
    // A dry run makes no job table, and reads one that is there.
    let isThere = FileManager.default.fileExists(atPath: try options.folder.database)
    let submitter = Submitter(
      try options.folder, settings: try options.configuration(), cache: Models.cache)
    let models = try submitter.models(of: request, config: asked.modelConfig)
    let store = asked.dryRun && !isThere ? nil : try options.open()
    let plan = try await submitter.plan(request, models, store: store, isTrial: asked.dryRun)
    guard !asked.dryRun, let store else {
      let price = try plan.price(in: store, growing: growing, owner: getuid())
      return try options.json ? JSONOutput.print(PriceJSON(price)) : PriceText(price: price).show()
    }
    plan.remarks.forEach(Terminal.note)
    let outcome = try plan.submit(
      to: store, growing: growing, owner: getuid(), now: WallClock.now)
    outcome.lost.note()
    let submitted = outcome.submitted
    // One document: where there is something to wait for, how that ended is part of it.
    if !options.json {
      try say(submitted, older: try store.shadowed(by: submitted.sweep))
    } else if !asked.waits {
      try JSONOutput.print(outcome.view)
    }
    if asked.waits { try await wait(for: submitted, outcome.view, store: store) }
  }

  private func say(_ submitted: Submitted, older: Namesake?) throws {
    let known = submitted.doneUnits.count
    let text =
      submitted.created
      ? (growing == nil ? "" : "grown by ")
        + "\(submitted.name): \(submitted.cells) cells; \(submitted.newUnits.count) units to make, "
        + "\(known) done already, \(submitted.sharedUnits.count) wanted by other sweeps"
      : "\(submitted.name): this key was submitted before; nothing new"
    Terminal.note(text)
    if let remark = submitted.olderRemark { Terminal.note(remark) }
    if submitted.created, growing == nil, let older {
      Terminal.note(
        "\(submitted.name) means this sweep from now on; sweep \(older.id), which it meant, has "
          + "\(older.cells) cell\(older.cells == 1 ? "" : "s") that this one has not: "
          + "p2p status \(older.id)")
    }
    try Output.line(String(submitted.sweep))
  }

  private func wait(
    for submitted: Submitted, _ answer: SubmittedJSON, store: JobStore
  ) async throws {
    let waiting = try Waiting(
      [String(submitted.sweep)], store: store, options, asked.waiting)
    let targets = waiting.targets.map(\.target)
    let copier = try asked.out.map { path throws(EditError) in
      try PictureCopier(into: path, options, store: store, targets: targets)
    }
    let standings: [Standing]
    do {
      standings = try await waiting.run { cells in try copier?.copy(cells) }
      try copier?.conclude()
    } catch {
      // What was submitted is submitted, and has a number.
      if options.json { try JSONOutput.print(answer) }
      throw error
    }
    if options.json {
      var answer = answer
      answer.standing = standings.first.map {
        StandingJSON(target: String(submitted.sweep), standing: $0)
      }
      try JSONOutput.print(answer)
    }
    try waiting.conclude(standings, json: options.json ? nil : false)
  }
}
