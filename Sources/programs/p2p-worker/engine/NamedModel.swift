import Files
import Foundation
import HubCache
import StableDiffusion

/// A model that a person names to the worker: a folder, or a name in the hub's cache.
enum NamedModel {
  /// The folder; a name is looked for in the cache alone, whole with the weights of `variant`.
  ///
  /// - Throws: `model-missing`, `model-incomplete` (66).
  static func folder(_ text: String, variant: String?) throws(EditError) -> String {
    let environment = HubEnvironment(ProcessInfo.processInfo.environment)
    return try HubModelName.folder(text, variant: variant, in: HubCache(environment)) ?? text
  }
}

extension ModelLocation.Variant {
  /// The name of the variant's weight files; `nil` for full precision.
  var weights: String? { if case .named(let name) = self { name } else { nil } }
}
