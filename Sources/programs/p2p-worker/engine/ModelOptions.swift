import ArgumentParser
import Files
import StableDiffusion

/// What a person says of a model beside where it is.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configs and tokenizer that a single file is read with.", valueName: "dir"))
  var modelConfig: String?

  @Option(
    help: ArgumentHelp(
      "A file whose autoencoder is taken in the place of the model's own.", valueName: "file"))
  var vae: String?

  @Option(
    help:
      "Which of the stored precisions is taken where several are there: full, fp16 or the like.",
    transform: Self.variant)
  var variant: ModelLocation.Variant?

  @Option(
    help: "What the model predicts, against what its files say: epsilon or v_prediction.",
    transform: Self.choice)
  var prediction: SchedulerConfig.Prediction?

  /// The model that a person names, as these options have it; a name is looked for in the hub's cache.
  ///
  /// Throws `ModelError` for a setting that does not exist, and what `NamedModel.folder` throws.
  func location(_ text: String) throws -> ModelLocation {
    var location = try ModelLocation(text)
    let variant = variant ?? location.variant
    location.path = SystemPath.absolute(
      try NamedModel.folder(location.path, variant: variant?.weights))
    location.config = (modelConfig ?? location.config).map(SystemPath.absolute)
    location.vae = (vae ?? location.vae).map(SystemPath.absolute)
    location.variant = variant
    location.prediction = prediction ?? location.prediction
    return location
  }

  private static func variant(_ text: String) throws -> ModelLocation.Variant {
    guard let variant = ModelLocation.Variant(rawValue: text) else {
      throw ValidationError("\(text) is not full, fp16 or another variant's name")
    }
    return variant
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ text: String
  ) throws -> Choice {
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
      throw ValidationError("\(text) is not \(known)")
    }
    return choice
  }
}
