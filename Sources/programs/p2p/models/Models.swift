import ArgumentParser
import Files
import Foundation
import HubCache
import Submissions

/// `p2p models`: the models of the hub on this machine.
struct Models: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fetches models by name from the hub, checks them, shows and removes them.",
    discussion: """
      The cache is shared with the hub's own tools: HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN and \
      HF_HUB_OFFLINE mean what they mean there. A model that is here is named wherever a model's \
      folder is: --model org/name or --model org/name@revision. Only pull touches the network.
      """,
    subcommands: [
      ModelsList.self, ModelsPull.self, ModelsVerify.self, ModelsInfo.self, ModelsRemove.self,
    ])

  /// The environment of this process.
  static var environment: HubEnvironment { HubEnvironment(ProcessInfo.processInfo.environment) }

  /// The cache of this process.
  static var cache: HubCache { HubCache(environment) }

  /// A model that a person names, as `--model` takes it: `org/name@revision`, and a variant behind a
  /// question mark. Other settings say how a model is used, and nothing here.
  ///
  /// - Throws: `hub-name` (64).
  static func named(_ text: String) throws(EditError) -> (name: HubModelName, variant: String?) {
    let place = ModelPlace(text)
    return (try HubModelName(typed: place.path), place.variant)
  }

  /// The snapshot of a model, whole or not.
  ///
  /// - Throws: `model-missing` (66).
  static func snapshot(_ model: HubModelName) throws(EditError) -> HubSnapshot {
    if let snapshot = cache.snapshot(model) { return snapshot }
    // Says what is here instead.
    _ = try cache.modelFolder(model)
    throw EditError(
      "model-missing", .missing, "no model \(model) here", hint: "p2p models pull \(model)")
  }
}
