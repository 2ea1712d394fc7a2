import EditJobs
import Foundation
import HubCache

/// A model that a person names to the worker: a folder, or a name in the hub's cache.
enum NamedModel {
  /// The folder; a name is looked for in the cache alone.
  ///
  /// - Throws: `model-missing`, `model-incomplete` (66).
  static func folder(_ text: String) throws(EditError) -> String {
    let environment = HubEnvironment(ProcessInfo.processInfo.environment)
    return try HubModelName.folder(text, in: HubCache(environment)) ?? text
  }
}
