import ArgumentParser
import EditJobs
import Files
import Foundation
import Layers
import PromptAlignment
import PromptToPrompt
import StableDiffusion
import Tensors

/// `p2p-worker inspect`: what a model is and what its runs take, without arithmetic; without a model
/// what the machine has for native numerics.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what a model is and what its runs take, as JSON.",
    discussion: "Without a model: what this machine has for native numerics.")

  @Argument(
    help: ArgumentHelp("The model's folder, or org/name in the hub's cache.", valueName: "model"))
  var model: String?

  @Option(help: ArgumentHelp("Height and width in pixels, e.g. 512x768.", valueName: "HxW"))
  var size: String?

  @Option(help: ArgumentHelp("Where hashes of model files are remembered.", valueName: "file"))
  var digestCache: String?

  @OptionGroup var settings: ModelOptions

  private struct Refusal: Encodable { var error: EditError }

  func run() {
    let events = EventWriter()
    ProcessStart.run {
      do {
        if let model {
          try events.write(try inspection(model))
        } else {
          try events.write(MachineFacts(Devices.native))
        }
      } catch {
        let failure = UnitFailure(error).error
        try events.write(Refusal(error: failure))
        throw failure
      }
    }
  }

  private func inspection(_ model: String) throws -> Inspection {
    var hashes = ModelDigest(cache: digestCache)
    let read = try StampedModel.reading(settings.location(model), &hashes) {
      try facts($0.description, $0.digest)
    }
    return Inspection(
      facts: read.value, files: read.model.files, cache: read.model.description.tokenizerCache,
      isLasting: read.model.files.allSatisfy(\.isSettled))
  }

  private func facts(_ description: ModelDescription, _ digest: Digest) throws -> ModelFacts {
    let (height, width) = try PixelSize.of(size, description)
    // Every header is read and every shape compared; the numbers stay on the disk.
    let device = Devices.forEstimates()
    let shapes = ShapeBackend(weightsOn: device)
    let model = try StableDiffusionModel(description, backend: shapes)
    _ = try PromptEncoder(model)
    let estimate = try description.estimate(height: height, width: width, on: device)
    let latents = description.latentShape(height: height, width: width)
    let sites = description.geometry.sites(
      height: latents[1], width: latents[2], textLength: description.textLength)
    let catalogue = SiteCatalogue(
      entries: sites.map { SiteCatalogue.Entry(site: $0.site, size: $0.size) },
      control: description.geometry.controlResolution(
        latentHeight: latents[1], latentWidth: latents[2]))
    return ModelFacts(
      digest: digest, family: description.family,
      sizeMultiple: description.sizeMultiple, latentChannels: latents[0],
      vaeFactor: description.vaeFactor,
      defaultWidth: description.defaultSize.columns, defaultHeight: description.defaultSize.rows,
      width: width, height: height, textLength: description.textLength,
      sites: sites.map { entry in
        ModelFacts.Site(
          name: entry.site, rows: entry.size.rows, columns: entry.size.columns,
          heads: entry.size.heads, keys: entry.size.keys)
      },
      controlRows: catalogue.control.rows, controlColumns: catalogue.control.columns,
      laneBytes: Int64(estimate.laneBytes), weightBytes: Int64(shapes.weightBytes),
      mapBytesPerPass: Int64(catalogue.mapBytes(.f16)),
      multiplyAdds: Int64(estimate.multiplyAdds), tokenizer: description.tokenizerFolder,
      moreTokenizers: description.tokenizerFolders.count > 1
        ? Array(description.tokenizerFolders.dropFirst()) : nil,
      decodeBytes: Int64(estimate.decodeBytes), possibleSteps: possibleSteps(description),
      notes: description.notes.isEmpty ? nil : description.notes)
  }

  /// What the samplers can make of the model's noise schedule.
  private func possibleSteps(_ description: ModelDescription) -> [String: [StepWindow]] {
    let schedule = description.noiseSchedule
    return Dictionary(
      uniqueKeysWithValues: SamplerKind.allCases.map { sampler in
        let ranges = schedule.possibleSteps(of: sampler, upTo: ModelFacts.mostSteps)
        return (sampler.rawValue, ranges.map { StepWindow($0.lowerBound, $0.upperBound + 1) })
      })
  }
}

/// A picture size as `HxW`.
enum PixelSize {
  /// Reads a size, or takes the model's own; throws `image-size`.
  static func of(_ text: String?, _ model: ModelDescription) throws -> (height: Int, width: Int) {
    guard let text else { return (model.defaultSize.rows, model.defaultSize.columns) }
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
      .map { Int($0) }
    guard parts.count == 2, let height = parts[0], let width = parts[1],
      (1...16_384).contains(height), (1...16_384).contains(width)
    else {
      throw EditError(
        "image-size", .data, "\(text) is not a height and a width in pixels", hint: "512x512")
    }
    guard model.isLegal(side: height), model.isLegal(side: width) else {
      let nearest = (model.nearestLegal(side: height), model.nearestLegal(side: width))
      throw EditError(
        "image-size", .data,
        "height \(height) and width \(width) are not a legal size for \(model.folder)",
        details: ["sides are multiples of \(model.sizeMultiple)"],
        hint: "height \(nearest.0) and width \(nearest.1)")
    }
    return (height, width)
  }
}
