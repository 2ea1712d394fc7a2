import EditJobs
public import Files
import Foundation
public import HubCache
public import JobStore
public import Planner
import PromptAlignment
import ResultFiles

/// Plans requests for an installation: by its folders, its settings, its models and its machine.
public struct Submitter: Sendable {
  private let folder: StateFolder
  private let settings: Configuration
  private let cache: HubCache
  private let inspector: any ModelInspector

  /// Plans for an installation; nothing is read yet.
  ///
  /// - Parameters:
  ///   - cache: where models are that are named as on the hub.
  ///   - inspector: who is asked of models and of the machine.
  public init(
    _ folder: StateFolder, settings: Configuration, cache: HubCache,
    inspector: any ModelInspector = WorkerInspector()
  ) {
    (self.folder, self.settings, self.cache, self.inspector) = (folder, settings, cache, inspector)
  }

  /// The models that a request names, found on this machine.
  public struct NamedModels: Sendable {
    /// Their folders by the names that were typed; the empty name is the settings' model.
    fileprivate var folders: [String: String] = [:]
  }

  /// Finds the models of a request. `config` is the folder of a single file's configs and tokenizer.
  ///
  /// - Throws: `model-not-named` (64), `model-missing`, `model-incomplete` (66).
  public func models(of request: SweepRequest, config: String?) throws(EditError) -> NamedModels {
    let known = ModelFolders(settings, cache: cache)
    var models = NamedModels()
    if request.models.isEmpty { models.folders[""] = try known.path(nil, config: config) }
    for name in request.models { models.folders[name] = try known.path(name, config: config) }
    return models
  }

  /// Plans a request: reads its photographs and has its models inspected at its size.
  ///
  /// - Parameters:
  ///   - store: the job table; `nil` where there is none.
  ///   - isTrial: whether nothing is written, not even what was said of a model, and nobody asks
  ///     whether the service could read the models.
  /// - Throws: what is wrong with the request, a photograph or a model; what the job table throws.
  public func plan(
    _ request: SweepRequest, _ named: NamedModels, store: JobStore?, isTrial: Bool
  ) async throws -> PlannedSubmission {
    var request = request
    var photos = try photos(&request)
    request.numerics = try request.numerics ?? settings.numerics()
    let models = try await models(request, named, store, &photos, isTrial: isTrial)
    let cpus = try store?.workerCPUs() ?? []
    var native = cpus.native
    if request.numerics == .native, native == nil { native = try await inspector.machine() }
    let expansion = try SweepExpansion(request, cpus: cpus, native: native) {
      name throws(EditError) in
      guard let model = models[name ?? ""] else { throw ModelFolders.notNamed }
      return model
    }
    let remarks =
      models.sorted { $0.key < $1.key }.flatMap { $0.value.facts.notes ?? [] }
      + photos.values.flatMap(\.remarks).sorted() + expansion.remarks
    return PlannedSubmission(
      expansion: expansion, remarks: remarks, photos: Array(photos.values), settings: settings,
      results: ResultFolder(folder.results))
  }

  /// The photographs by what was typed for them, read; the request learns their hashes.
  private func photos(_ request: inout SweepRequest) throws -> [String: PhotoInput] {
    var photos: [String: PhotoInput] = [:]
    let results = ResultFolder(folder.results)
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
    _ request: SweepRequest, _ named: NamedModels, _ store: JobStore?,
    _ photos: inout [String: PhotoInput], isTrial: Bool
  ) async throws -> [String: PlannedModel] {
    let inspections = RememberedInspections(
      inspector: inspector, cache: cache, store: store, remembers: !isTrial)
    var models: [String: PlannedModel] = [:]
    for (name, model) in named.folders.sorted(by: { $0.key < $1.key }) {
      if !isTrial { try ServiceAccess.check(model: model, state: folder) }
      let inspection = try await Self.inspection(of: model, request, inspections)
      if !isTrial { try ServiceAccess.check(inspection.files, of: model, state: folder) }
      let facts = inspection.facts
      models[name] = PlannedModel(
        facts: facts, folder: model,
        tokenizer: try CLIPTokenizer(folder: facts.tokenizer, textLength: facts.textLength),
        images: try Self.images(&photos, request, facts),
        moreTokenizers: try (facts.moreTokenizers ?? []).map { path throws(EditError) in
          try CLIPTokenizer(folder: path, textLength: facts.textLength)
        })
    }
    return models
  }

  /// A model at the request's size; where it cannot make that, the error is the request's.
  private static func inspection(
    of model: String, _ request: SweepRequest, _ inspections: RememberedInspections
  ) async throws -> Inspection {
    do {
      return try await inspections.inspection(of: model, size: request.size)
    } catch let error as EditError where error.code == "image-size" {
      try request.checkSize(try await inspections.inspection(of: model, size: nil).facts)
      throw error
    }
  }

  /// The photographs cut to a model's pictures.
  private static func images(
    _ photos: inout [String: PhotoInput], _ request: SweepRequest, _ facts: ModelFacts
  ) throws(EditError) -> [String: Digest] {
    guard !photos.isEmpty else { return [:] }
    try request.checkSize(facts)
    var images: [String: Digest] = [:]
    for name in photos.keys { images[name] = photos[name]?.image(at: request.pictureSize(facts)) }
    return images
  }
}
