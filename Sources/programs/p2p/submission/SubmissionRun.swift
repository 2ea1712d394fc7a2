import EditJobs
import Files
import Foundation
import HubCache
import JobStore
import Planner
import PromptAlignment
import ResultFiles
import SweepPages

/// From a request to rows of the job table: what `enqueue` and `sweep` share.
struct SubmissionRun {
  private var request: SweepRequest
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
    let folders = try folders()
    let store = asked.dryRun && !isThere ? nil : try options.open()
    var request = request
    let photos = try photos(&request)
    request.numerics = try request.numerics ?? options.configuration().numerics()
    let models = try await models(folders, store, photos)
    let cpus = try store?.workerCPUs() ?? []
    var native = cpus.native
    if request.numerics == .native, native == nil { native = try await MachineInspection.native() }
    let expansion = try SweepExpansion(request, cpus: cpus, native: native) {
      name throws(EditError) in
      guard let model = models[name ?? ""] else { throw ModelFolder.notNamed }
      return model
    }
    let remarks =
      models.sorted { $0.key < $1.key }.flatMap { $0.value.facts.notes ?? [] }
      + photos.values.flatMap(\.remarks).sorted() + expansion.remarks
    guard !asked.dryRun, let store else {
      return try DryRun(
        expansion, store: store, options: options, growing: growing, remarks: remarks
      ).show()
    }
    remarks.forEach(Terminal.note)
    for photo in photos.values { try photo.store() }
    var submitted =
      if let growing {
        try store.grow(growing, to: expansion.submission, now: WallClock.now)
      } else {
        try store.enqueue(expansion.submission, owner: getuid(), now: WallClock.now)
      }
    // They have a name now; a moment ago the daemon might still have removed them.
    for photo in photos.values { try photo.store() }
    let lost = try LostResults(ResultFolder(options.folder.results)).remake(
      try store.cells(.sweep(submitted.sweep)), in: store)
    submitted.remake(lost.map(\.key))
    let fresh = Set(submitted.newUnits + lost.map(\.key))
    let answer = SubmittedJSON(
      submitted,
      SweepEstimate(expansion.submission, sharedSteps: submitted.sharedSteps) {
        !fresh.contains($0)
      }, expansion.submission.sources.first?.spec)
    // One document: where there is something to wait for, how that ended is part of it.
    if !options.json {
      try say(submitted, older: try store.shadowed(by: submitted.sweep))
    } else if !asked.waits {
      try JSONOutput.print(answer)
    }
    if asked.waits { try await wait(for: submitted, answer, store: store) }
  }

  /// The folders of the models by the names that were typed; the empty name is the settings' model.
  private func folders() throws(EditError) -> [String: String] {
    var folders: [String: String] = [:]
    let settings = try options.configuration()
    if request.models.isEmpty {
      folders[""] = try ModelFolder.path(nil, settings, config: asked.modelConfig)
    }
    for name in request.models {
      folders[name] = try ModelFolder.path(name, settings, config: asked.modelConfig)
    }
    return folders
  }

  /// The photographs by what was typed for them, read; the request learns their hashes.
  private func photos(_ request: inout SweepRequest) throws -> [String: PhotoInput] {
    var photos: [String: PhotoInput] = [:]
    let results = ResultFolder(try options.folder.results)
    for typed in request.images where photos[typed] == nil {
      let image = request.photographs[typed] ?? ImageReference(typed: typed)
      let photo = try PhotoInput(image, results: results)
      request.photographs[typed] = photo.reference
      photos[typed] = photo
    }
    return photos
  }

  /// What planning needs to know of the models, inspected at the request's size.
  private func models(
    _ folders: [String: String], _ store: JobStore?, _ photos: [String: PhotoInput]
  ) async throws -> [String: PlannedModel] {
    var models: [String: PlannedModel] = [:]
    for (name, folder) in folders.sorted(by: { $0.key < $1.key }) {
      if !asked.dryRun { try ServiceAccess.check(model: folder, state: options.folder) }
      let inspection = try await inspection(of: folder, store)
      if !asked.dryRun {
        try ServiceAccess.check(inspection.files, of: folder, state: options.folder)
      }
      let facts = inspection.facts
      models[name] = PlannedModel(
        facts: facts, folder: folder,
        tokenizer: try CLIPTokenizer(folder: facts.tokenizer, textLength: facts.textLength),
        images: try images(photos, facts),
        moreTokenizers: try (facts.moreTokenizers ?? []).map { path throws(EditError) in
          try CLIPTokenizer(folder: path, textLength: facts.textLength)
        })
    }
    return models
  }

  /// A model at the request's size; where it cannot make that, the error is the request's.
  private func inspection(of folder: String, _ store: JobStore?) async throws -> Inspection {
    let remembers = !asked.dryRun
    do {
      return try await ModelInspection.inspection(
        of: folder, size: request.size, store: store, remembers: remembers)
    } catch let error as EditError where error.code == "image-size" {
      let plain = try await ModelInspection.inspection(
        of: folder, size: nil, store: store, remembers: remembers)
      try request.checkSize(plain.facts)
      throw error
    }
  }

  /// The photographs cut to a model's pictures.
  private func images(
    _ photos: [String: PhotoInput], _ facts: ModelFacts
  ) throws(EditError) -> [String: Digest] {
    guard !photos.isEmpty else { return [:] }
    try request.checkSize(facts)
    return photos.mapValues { $0.image(at: request.pictureSize(facts)) }
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

extension Submitted {
  /// Said where a sweep shows pictures of several numerics; `nil` where it does not.
  var olderRemark: String? {
    guard olderCells > 0 else { return nil }
    return
      "\(olderCells) cell\(olderCells == 1 ? " keeps its variant" : "s keep their variants") of older "
      + "numerics; new ones are made with revision \(Numerics.currentRevision), from sources of their own"
  }
}

/// What a submission led to, as JSON.
struct SubmittedJSON: Encodable {
  struct Variants: Encodable {
    var new: Int
    var shared: Int
    var done: Int
  }

  var schema = "p2p.submitted/1"
  var id: Int64
  var name: String
  var created: Bool
  var cells: Int
  var units: Variants
  var guided_steps: Int
  /// Cells of a grown sweep that show variants of older numerics; absent where there are none.
  var older_cells: Int?
  /// What its sources are computed with.
  var dtype: ComputeType?
  /// Whose kernels compute them.
  var numerics: Numerics?
  /// How the waiting ended; absent where nobody waited for it.
  var standing: StandingJSON?

  init(_ submitted: Submitted, _ estimate: SweepEstimate, _ source: SourceSpec?) {
    (dtype, numerics) = (source?.compute, source?.numerics)
    (id, name, created) = (submitted.sweep, submitted.name, submitted.created)
    cells = submitted.cells
    units = Variants(
      new: submitted.newUnits.count, shared: submitted.sharedUnits.count,
      done: submitted.doneUnits.count)
    guided_steps = submitted.created ? estimate.guidedSteps : 0
    older_cells = submitted.olderCells > 0 ? submitted.olderCells : nil
  }
}
