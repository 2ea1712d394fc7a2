import Files
import Foundation
public import Planner
import PromptAlignment

/// The models in the settings' `models` folders: what `--model NAME` finds by its name.
public struct LocalModels: Sendable {
  /// A folder, or a single file.
  public struct Model: Sendable {
    /// The name that `--model` takes.
    public var name: String
    /// The folder or file.
    public var path: String
    /// What its files take.
    public var bytes: Int64
    /// When it was changed last, in seconds since 1970.
    public var changed: Int64?
  }

  /// The folders in which models are looked for, in this order.
  public let places: [String]

  /// Looks where the settings say.
  public init(_ settings: Configuration) {
    places = settings.value(.models)?.text.split(separator: ":").map(String.init) ?? []
  }

  /// What is there, sorted; of equal names the first place's, which is the one that a name means.
  public var models: [Model] {
    var found: [String: Model] = [:]
    for place in places {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] {
        let path = "\(place)/\(name)"
        guard found[name] == nil, Self.isModel(path) else { continue }
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        found[name] = Model(
          name: name, path: path, bytes: Self.bytes(path),
          changed: (facts?[.modificationDate] as? Date).map { Int64($0.timeIntervalSince1970) })
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// The path that a plain name means; `nil` where no place has it.
  public func path(_ name: String) -> String? {
    places.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// A name or a folder like one that was typed and is not there.
  public func nearest(_ typed: String) -> String? {
    let parts = typed.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let (parent, last) = (parts.dropLast().joined(separator: "/"), parts.last ?? "")
    let folder = parent.isEmpty ? (typed.hasPrefix("/") ? "/" : ".") : parent
    let beside = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .filter { Self.isModel("\(folder)/\($0)") }
    if let near = NearestName.of(last, among: beside) {
      return parent.isEmpty && !typed.hasPrefix("/") ? near : "\(parent)/\(near)"
    }
    return typed.contains("/") ? nil : NearestName.of(typed, among: models.map(\.name))
  }

  /// A diffusers folder, or one file of weights.
  private static func isModel(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
    return isFolder.boolValue
      ? FileManager.default.fileExists(atPath: path + "/model_index.json")
      : path.hasSuffix(".safetensors")
  }

  /// The bytes of a file, or of all files below a folder.
  public static func bytes(_ path: String) -> Int64 { files(path).reduce(0) { $0 + $1.bytes } }

  /// The files below a folder, or the one file, sorted by path; links are followed.
  public static func files(_ path: String) -> [(name: String, bytes: Int64)] {
    func size(_ path: String) -> Int64? {
      var facts = stat()
      guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
      return Int64(facts.st_size)
    }
    if let bytes = size(path) { return [(URL(filePath: path).lastPathComponent, bytes)] }
    // Nothing is listed of a link.
    let folder = SystemPath.resolved(path) ?? path
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.sorted().compactMap { name in size("\(path)/\(name)").map { (name, $0) } }
  }
}
