import EditJobs
public import Files
import Foundation
public import HubCache
public import Planner

/// The models that requests name: by the settings, and by what is in the hub's cache.
public struct ModelFolders: Sendable {
  private let settings: Configuration
  private let cache: HubCache

  /// Names mean what the settings and the cache say.
  public init(_ settings: Configuration, cache: HubCache) {
    (self.settings, self.cache) = (settings, cache)
  }

  /// No model is named.
  static let notNamed = EditError(
    "model-not-named", .usage, "no model is named", hint: "--model FOLDER, or P2P_MODEL")

  /// The absolute path of a model's folder or file, with its settings: the option, else the settings'
  /// model. `config` is the folder of a single file's configs and tokenizer.
  ///
  /// A plain name that is no folder here is looked for in the settings' `models` folders, and a name
  /// of the hub, `org/name` or `org/name@revision`, in the hub's cache.
  /// - Throws: `model-not-named` (64), `model-missing`, `model-incomplete` (66).
  public func path(_ option: String?, config: String? = nil) throws(EditError) -> String {
    var place = ModelPlace(settings.value(.model, option: ("--model", option))?.text ?? "")
    let named = place.path
    guard !named.isEmpty else { throw Self.notNamed }
    do throws(EditError) {
      if let folder = try HubModelName.folder(named, variant: place.variant, in: cache) {
        place.path = folder
        return place.text
      }
    } catch {
      // `models/mini-shape` may be a name of the hub, and is more likely a slip beside a folder here.
      guard error.code == "model-missing", let near = LocalModels(settings).nearest(named) else {
        throw error
      }
      throw Self.missing(named, "there is no such folder", near)
    }
    let path = SystemPath.absolute(folder(named))
    place.path = path
    if place.isFile {
      if let config { place.setConfig(config) }
      return place.text
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw Self.missing(named, "there is no such folder", LocalModels(settings).nearest(named))
    }
    guard FileManager.default.fileExists(atPath: path + "/model_index.json") else {
      throw Self.missing(named, "model_index.json is missing", nil)
    }
    return place.text
  }

  /// No model is there; `near` is what was probably meant.
  private static func missing(_ named: String, _ why: String, _ near: String?) -> EditError {
    EditError(
      "model-missing", .missing, "no model at \(named): \(why)",
      hint: near.map { "--model \($0)" } ?? "--model FOLDER, a diffusers folder of Stable Diffusion"
    )
  }

  private func folder(_ named: String) -> String {
    if named.contains("/") || FileManager.default.fileExists(atPath: named) { return named }
    return LocalModels(settings).path(named) ?? named
  }

  /// What `p2p models` is asked about, where that is no name of the hub that is in its cache: a folder, a
  /// file, or a name in the settings' `models` folders; `nil` where it is for the hub to say.
  public func local(_ typed: String) throws(EditError) -> String? {
    let place = ModelPlace(typed)
    if FileManager.default.fileExists(atPath: place.path) { return try path(typed) }
    return HubModelName(typed) == nil ? try path(typed) : nil
  }
}
