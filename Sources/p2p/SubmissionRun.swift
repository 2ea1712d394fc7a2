import EditJobs
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
    let photo = try request.image.map { image throws(EditError) in
      try PhotoInput(image, results: ResultFolder(options.folder.results))
    }
    if let photo { request.image = photo.reference }
    request.numerics = try request.numerics ?? options.configuration().numerics()
    let models = try await models(folders, store, photo)
    let cpus = try store?.workerCPUs() ?? []
    var native = cpus.native
    if request.numerics == .native, native == nil { native = try await MachineInspection.native() }
    let expansion = try SweepExpansion(request, cpus: cpus, native: native) {
      name throws(EditError) in
      guard let model = models[name ?? ""] else { throw ModelFolder.notNamed }
      return model
    }
    let remarks =
      models.sorted { $0.key < $1.key }.flatMap { $0.value.facts.notes ?? [] }.map(\.printable)
      + (photo?.remarks ?? []) + expansion.remarks
    guard !asked.dryRun, let store else {
      return try DryRun(
        expansion, store: store, options: options, growing: growing,
        remarks: remarks
      ).show()
    }
    remarks.forEach(Terminal.note)
    try photo?.store()
    var submitted =
      if let growing {
        try store.grow(growing, to: expansion.submission, now: WallClock.now)
      } else {
        try store.enqueue(expansion.submission, owner: getuid(), now: WallClock.now)
      }
    // They have a name now; a moment ago the daemon might still have removed them.
    try photo?.store()
    let lost = try LostResults(ResultFolder(options.folder.results)).remake(
      try store.cells(.sweep(submitted.sweep)), in: store)
    submitted.remake(lost.map(\.key))
    let fresh = Set(submitted.newUnits + lost.map(\.key))
    try say(
      submitted, expansion.submission.sources.first?.spec,
      SweepEstimate(expansion.submission, sharedSteps: submitted.sharedSteps) {
        !fresh.contains($0)
      })
    if asked.wait || asked.out != nil { try await wait(for: submitted, store: store) }
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

  /// What planning needs to know of the models, inspected at the request's size.
  private func models(
    _ folders: [String: String], _ store: JobStore?, _ photo: PhotoInput?
  ) async throws -> [String: PlannedModel] {
    var models: [String: PlannedModel] = [:]
    for (name, folder) in folders.sorted(by: { $0.key < $1.key }) {
      if !asked.dryRun { try ServiceAccess.check(model: folder, state: options.folder) }
      let inspection = try await ModelInspection.inspection(
        of: folder, size: request.size, store: store,
        remembers: !asked.dryRun)
      if !asked.dryRun {
        try ServiceAccess.check(inspection.files, of: folder, state: options.folder)
      }
      let facts = inspection.facts
      models[name] = PlannedModel(
        facts: facts, folder: folder,
        tokenizer: try CLIPTokenizer(folder: facts.tokenizer, textLength: facts.textLength),
        image: try photo.map { photo throws(EditError) in
          let size = request.pictureSize(facts)
          try size.check(facts)
          return photo.image(at: size)
        },
        moreTokenizers: try (facts.moreTokenizers ?? []).map { path throws(EditError) in
          try CLIPTokenizer(folder: path, textLength: facts.textLength)
        })
    }
    return models
  }

  private func say(
    _ submitted: Submitted, _ source: SourceSpec?, _ estimate: SweepEstimate
  ) throws {
    if options.json {
      return try JSONOutput.print(SubmittedJSON(submitted, estimate, source))
    }
    let known = submitted.doneUnits.count
    let text =
      submitted.created
      ? (growing == nil ? "" : "grown by ")
        + "\(submitted.name): \(submitted.cells) cells; \(submitted.newUnits.count) units to make, "
        + "\(known) done already, \(submitted.sharedUnits.count) wanted by other sweeps"
      : "\(submitted.name): this key was submitted before; nothing new"
    Terminal.note(text)
    if let remark = submitted.olderRemark { Terminal.note(remark) }
    print(submitted.sweep)
  }

  private func wait(for submitted: Submitted, store: JobStore) async throws {
    let waiting = try Waiting(
      [String(submitted.sweep)], store: store, folder: options.folder)
    let targets = waiting.targets.map(\.target)
    let copier = try asked.out.map { path throws(EditError) in
      try PictureCopier(into: path, options, store: store, targets: targets)
    }
    let standings = try await waiting.run { cells in try copier?.copy(cells) }
    try copier?.conclude()
    try waiting.conclude(standings, json: options.json)
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
