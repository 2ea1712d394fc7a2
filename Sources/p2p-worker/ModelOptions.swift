import ArgumentParser
import EditJobs
import StableDiffusion

/// What a person says of a model beside where it is.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configs and tokenizer that a single file is read with.", valueName: "dir"))
  var modelConfig: String?

  @Option(
    help: "Which of two stored precisions is taken where both are there: full or fp16.",
    transform: Self.choice)
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
    location.path = SystemPath.absolute(try NamedModel.folder(location.path))
    location.config = (modelConfig ?? location.config).map(SystemPath.absolute)
    location.variant = variant ?? location.variant
    location.prediction = prediction ?? location.prediction
    return location
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
