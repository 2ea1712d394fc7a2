import EditJobs
import Foundation

/// The model that a request names.
enum ModelFolder {
  /// No model is named.
  static let notNamed = EditError(
    "model-not-named", .usage, "no model is named", hint: "--model FOLDER, or P2P_MODEL")

  /// The absolute path of a model's folder: the option, else `$P2P_MODEL`.
  ///
  /// - Throws: `model-not-named` (64), `model-missing` (66).
  static func path(_ option: String?) throws(EditError) -> String {
    let named = option ?? ProcessInfo.processInfo.environment["P2P_MODEL"] ?? ""
    guard !named.isEmpty else { throw notNamed }
    let path = URL(filePath: named).standardizedFileURL.path
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
    return path
  }
}
