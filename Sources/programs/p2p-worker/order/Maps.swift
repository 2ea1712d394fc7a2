import ArgumentParser
import EditJobs
import Files
import Foundation
import Layers
import PromptToPrompt
import ResultFiles
import Safetensors
import StableDiffusion
import Tensors

/// `p2p-worker maps`: a source's maps of one pass, from the store or made again.
struct Maps: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a source's attention maps of one pass.",
    discussion: """
      Reads the store where the maps are there and whole, and else makes them again from the source's
      trajectory, with the same bits. Each site is one tensor (heads, queries, keys). With --mean it is
      the mean over the heads, added up over the steps, as FROM:TO/site.
      """)

  @Argument(help: ArgumentHelp("An order whose source is meant, as JSON.", valueName: "order.json"))
  var order: String

  @Option(help: "The pass, from 0.")
  var pass: Int?

  @Option(help: "The step, from 0, in place of a pass; the last one of a step of several passes.")
  var step: Int?

  @Option(
    help: ArgumentHelp(
      "In place of a pass, steps from one to before another; several times.", valueName: "from:to"))
  var mean: [String] = []

  @Option(help: ArgumentHelp("A site, e.g. down.1.cross; all sites without.", valueName: "site"))
  var site: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "safetensors"))
  var output: String

  @OptionGroup var options: ComputeOptions

  func validate() throws {
    guard [pass != nil, step != nil, !mean.isEmpty].count(where: { $0 }) == 1 else {
      throw ValidationError("one of --pass, --step and --mean is needed")
    }
  }

  func run() {
    ProcessStart.run {
      let order = try OrderFile.read(order)
      let place = options.engine(for: order)
      try Devices.check(place, kernels: order.source.numerics.kernels)
      let engine = try Engine(place, Heartbeat(nil))
      try engine.check(order)
      let setting = try SourceSetting(order.source, model: engine.model)
      let provider = try provider(order, setting, engine)
      guard mean.isEmpty else { return try writeMeans(order, setting, provider) }
      let position = try position(setting)
      let maps = try provider.maps(at: position, sites: try sites(setting))
      var writer = SafetensorsWriter(metadata: [
        "key": order.sourceKey.description, "pass": "\(position.pass)",
        "numerics": engine.fingerprint,
      ])
      for (site, map) in maps.maps {
        writer.add(
          site.description, map.element == .f16 ? .float16 : .float32, shape: map.shape,
          bytes: setting.backend.withBytes(of: map) { Array($0) })
      }
      try UserFile.write(writer.bytes(), to: output)
    }
  }

  private func position(_ setting: SourceSetting) throws -> PassPosition {
    if let step {
      guard (0..<setting.spec.steps).contains(step) else {
        throw EditError(
          "step-outside", .data,
          "the run has the steps 0 to \(setting.spec.steps - 1), not \(step)")
      }
      return setting.denoiser.position(
        setting.denoiser.sampler.passes(completing: step + 1) - 1)
    }
    let pass = pass ?? 0
    guard (0..<setting.passes).contains(pass) else {
      throw EditError(
        "pass-outside", .data, "the run has the passes 0 to \(setting.passes - 1), not \(pass)")
    }
    return setting.denoiser.position(pass)
  }

  func sites(_ setting: SourceSetting) throws -> [AttentionSite] {
    let known = setting.catalogue.injectable.map(\.site)
    guard !site.isEmpty else { return known }
    return try site.map { name in
      guard let site = known.first(where: { $0.description == name }) else {
        throw EditError(
          "site-unknown", .data, "\(name) is not a site whose maps are kept",
          details: ["they are: \(known.map(\.description).joined(separator: ", "))"])
      }
      return site
    }
  }

  private func provider(
    _ order: WorkOrder, _ setting: SourceSetting, _ engine: Engine
  ) throws -> SourceMaps {
    let source = ResultFolder(order.results).source(order.sourceKey)
    let context = try engine.encode(order.source.prompt, name: "prompt")
    let trajectory = SourceTrajectory(source, fingerprint: engine.fingerprint)
    return SourceMaps(
      setting, store: StoredMaps(source, numerics: setting.spec.fingerprint),
      recomputed: RecomputedMaps(setting, context: context, latents: trajectory.latents))
  }
}
