import Files
import Foundation

/// One commit of a model in the cache: a folder of links to blobs.
public struct HubSnapshot: Sendable, Hashable {
  /// One file of a snapshot.
  public struct File: Sendable, Hashable {
    /// Where it is in the repository.
    public let path: HubPath
    /// The blob that it links to; `nil` where it is a file of its own or a link to elsewhere.
    public let blob: String?
    /// Bytes; `nil` where the blob is gone.
    public let size: Int64?
  }

  /// The model.
  public let model: HubModelName
  /// 40 hexadecimal digits.
  public let commit: String
  /// The folder; what `--model FOLDER` takes.
  public let path: String
  let cache: HubCache

  init(cache: HubCache, model: HubModelName, commit: String) {
    (self.cache, self.model, self.commit) = (cache, model, commit)
    path = "\(cache.folder(model))/snapshots/\(commit)"
  }

  /// The files that are linked, sorted by path.
  public var files: [File] {
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }) ?? []
    return names.compactMap(HubPath.init).sorted().compactMap { name in
      let full = "\(path)/\(name)"
      let target = CacheFolder.target(of: full)
      let size = CacheFolder.size(of: full)
      guard target != nil || size != nil else { return nil }
      return File(path: name, blob: target.flatMap { blob($0, of: name) }, size: size)
    }
  }

  /// Where a file's link must point: `../../blobs/NAME`, one `../` more a folder.
  public func target(_ blob: String, of file: HubPath) -> String {
    String(repeating: "../", count: file.segments.count + 1) + "blobs/\(blob)"
  }

  private func blob(_ target: String, of file: HubPath) -> String? {
    guard let name = target.split(separator: "/").last.map(String.init),
      BlobHash.isLegal(name: name)
    else { return nil }
    if target == self.target(name, of: file) { return name }
    let folder = URL(filePath: "\(path)/\(file)").deletingLastPathComponent()
    let absolute = URL(filePath: target, relativeTo: folder).standardizedFileURL.path
    return absolute == URL(filePath: cache.blob(name, of: model)).standardizedFileURL.path
      ? name : nil
  }

  /// What a run would miss here, one line each; empty where the model is whole.
  public var missing: [String] { missing(variant: nil) }

  /// What a run with the weights of a variant would miss here, one line each; of any variant where it is
  /// `nil`.
  public func missing(variant: String?) -> [String] {
    let here = files.filter { $0.size != nil }
    let gone = files.filter { $0.size == nil }.map { "the blob of \($0.path) is gone" }
    guard gone.isEmpty else { return gone }
    let choice = variant.map { NeededFiles.Choice.variant($0) } ?? .any
    do {
      let needed = try NeededFiles(of: here.map(\.path), choice: choice, model: "the snapshot")
      var lines: [String] = []
      for folder in Set(needed.all.compactMap(\.component)).sorted() {
        let config =
          folder == "scheduler" ? "scheduler/scheduler_config.json" : "\(folder)/config.json"
        guard !folder.hasPrefix("tokenizer") else { continue }
        if !needed.small.contains(where: { $0.description == config }) {
          lines.append("\(config) is missing")
        }
      }
      for index in needed.indices {
        let bytes = (try? Data(contentsOf: URL(filePath: "\(path)/\(index)"))) ?? Data()
        let shards = try ShardIndex([UInt8](bytes), at: index).shards
        let paths = Set(here.map(\.path))
        lines += shards.filter { !paths.contains($0) }.map { "\($0) is missing" }
      }
      return lines
    } catch {
      return [error.what]
    }
  }
}
