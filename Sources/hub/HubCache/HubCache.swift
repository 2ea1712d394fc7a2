public import Files
import Foundation

/// The hub's cache on this machine, laid out as the hub's own tools do.
///
/// Blobs are called by their hash, snapshots are folders of relative links to them, and refs say
/// which commit a branch or a tag meant when it was last fetched.
public struct HubCache: Sendable, Hashable {
  /// Its folder.
  public let path: String

  /// Names a cache; nothing is touched.
  public init(_ path: String) { self.path = path }

  /// The cache that the environment names.
  public init(_ environment: HubEnvironment) { self.init(environment.cache) }

  /// The folder of a model.
  public func folder(_ model: HubModelName) -> String { "\(path)/\(model.folder)" }
  /// The folder of a model's blobs.
  public func blobs(_ model: HubModelName) -> String { "\(folder(model))/blobs" }
  /// One blob.
  public func blob(_ name: String, of model: HubModelName) -> String { "\(blobs(model))/\(name)" }
  /// The file that says which commit a revision is.
  public func ref(_ model: HubModelName) -> String { "\(folder(model))/refs/\(model.revision)" }
  /// The folder of a model's locks.
  public func locks(_ model: HubModelName) -> String { "\(path)/.locks/\(model.folder)" }

  /// The commit that a name means here; `nil` where nobody fetched that revision.
  public func commit(_ model: HubModelName) -> String? {
    if model.isCommit { return model.revision }
    guard let text = try? String(contentsOfFile: ref(model), encoding: .utf8) else { return nil }
    let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return HubModelName.isCommit(commit) ? commit : nil
  }

  /// The files of a commit as far as they are here.
  public func snapshot(_ model: HubModelName, commit: String) -> HubSnapshot {
    HubSnapshot(cache: self, model: model, commit: commit)
  }

  /// The snapshot that a name means here; `nil` where there is none.
  public func snapshot(_ model: HubModelName) -> HubSnapshot? {
    guard let commit = commit(model) else { return nil }
    let found = snapshot(model, commit: commit)
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: found.path, isDirectory: &isFolder)
    return isThere && isFolder.boolValue ? found : nil
  }

  /// The folder of a model that is here whole, with the weights of a variant where one is named; the
  /// network is not touched.
  ///
  /// - Throws: `model-missing` (66), which names the models that are here; `model-incomplete` (66).
  public func modelFolder(
    _ model: HubModelName, variant: String? = nil
  ) throws(EditError) -> String {
    let pull = "p2p models pull \(model)" + (variant.map { " --variant \($0)" } ?? "")
    guard let snapshot = snapshot(model) else {
      throw EditError(
        "model-missing", .missing, "no model \(model): it is not in the hub's cache \(path)",
        details: [present(like: model)], hint: pull)
    }
    let missing = snapshot.missing(variant: variant)
    guard missing.isEmpty else {
      throw EditError(
        "model-incomplete", .missing, "the model \(model) is not whole in the hub's cache",
        details: missing + ["its folder is \(snapshot.path)"], hint: pull)
    }
    return snapshot.path
  }

  /// What is here, for who asked for something that is not.
  private func present(like model: HubModelName) -> String {
    let all = models()
    if let own = all.first(where: { $0.name.repository == model.repository }) {
      let revisions = own.refs.keys.sorted() + own.commits.filter { !own.refs.values.contains($0) }
      return "of \(model.repository) there is: \(revisions.joined(separator: ", "))"
    }
    let names = all.map(\.name.repository).prefix(20)
    return names.isEmpty ? "no model is there" : "there: \(names.joined(separator: ", "))"
  }

  /// Every model that is here, sorted by name.
  public func models() -> [CachedModel] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { HubModelName(folder: $0) }.sorted()
      .map { CachedModel($0, in: self) }
  }
}
