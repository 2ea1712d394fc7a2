import EditJobs
import Foundation
import HubCache
import Planner

/// The model that a request names.
enum ModelFolder {
  /// No model is named.
  static let notNamed = EditError(
    "model-not-named", .usage, "no model is named", hint: "--model FOLDER, or P2P_MODEL")

  /// The absolute path of a model's folder or file, with its settings: the option, else the settings'
  /// model. `config` is the folder of a single file's configs and tokenizer.
  ///
  /// A plain name that is no folder here is looked for in the settings' `models` folders, and a name
  /// of the hub, `org/name` or `org/name@revision`, in the hub's cache.
  /// - Throws: `model-not-named` (64), `model-missing`, `model-incomplete` (66).
  static func path(
    _ option: String?, _ settings: Configuration, config: String? = nil
  ) throws(EditError) -> String {
    var place = ModelPlace(settings.value(.model, option: ("--model", option))?.text ?? "")
    let named = place.path
    guard !named.isEmpty else { throw notNamed }
    if let folder = try HubModelName.folder(named, variant: place.variant, in: Models.cache) {
      place.path = folder
      return place.text
    }
    let path = SystemPath.absolute(folder(named, settings))
    place.path = path
    if place.isFile {
      if let config { place.setConfig(config) }
      return place.text
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw EditError(
        "model-missing", .missing, "no model at \(named): there is no such folder",
        hint: "--model FOLDER, a diffusers folder of Stable Diffusion")
    }
    guard FileManager.default.fileExists(atPath: path + "/model_index.json") else {
      throw EditError(
        "model-missing", .missing, "no model at \(named): model_index.json is missing",
        hint: "--model FOLDER, a diffusers folder of Stable Diffusion")
    }
    return place.text
  }

  private static func folder(_ named: String, _ settings: Configuration) -> String {
    if named.contains("/") || FileManager.default.fileExists(atPath: named) { return named }
    let places = settings.value(.models)?.text.split(separator: ":") ?? []
    return places.map { "\($0)/\(named)" }
      .first { FileManager.default.fileExists(atPath: $0) } ?? named
  }
}
