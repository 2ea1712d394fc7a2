import FoundationEssentials

/// Where a model is, and what is to be taken of it: a folder in the diffusers layout or a single file.
///
/// As text it is a path, and settings behind a question mark: `sd.safetensors?config=/models/sd15`.
public struct ModelLocation: Sendable, Hashable, CustomStringConvertible {
  /// Which of the stored precisions is taken where a folder has several.
  public enum Variant: Sendable, Hashable, RawRepresentable {
    /// `model.safetensors`.
    case full
    /// `model.NAME.safetensors`, such as `fp16` or `bf16`.
    case named(String)

    /// Reads `full` or the name of a variant: letters, digits, `_` and `-`.
    public init?(rawValue text: String) {
      let isName =
        (1...64).contains(text.utf8.count) && !text.contains("-of-")
        && text.unicodeScalars.allSatisfy {
          $0.isASCII
            && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
              || "_-".unicodeScalars.contains($0))
        }
      guard isName else { return nil }
      self = text == "full" ? .full : .named(text)
    }

    /// The text that is read as this variant.
    public var rawValue: String {
      switch self {
      case .full: "full"
      case .named(let name): name
      }
    }
  }

  /// The folder, or the `.safetensors` file.
  public var path: String
  /// A folder in the diffusers layout whose configs and tokenizers a single file is read with.
  public var config: String?
  /// A file whose autoencoder is taken in the place of the model's own.
  public var vae: String?
  /// What is taken where both are there; full precision where it is not said.
  public var variant: Variant?
  /// What the noise model predicts, against what the files say.
  public var prediction: SchedulerConfig.Prediction?

  /// Names a model.
  public init(
    path: String, config: String? = nil, vae: String? = nil, variant: Variant? = nil,
    prediction: SchedulerConfig.Prediction? = nil
  ) {
    (self.path, self.config, self.vae) = (path, config, vae)
    (self.variant, self.prediction) = (variant, prediction)
  }

  /// Reads a location's text; throws `ModelError` for a setting that does not exist.
  ///
  /// A question mark that stands in the name of a file that exists is part of the name.
  public init(_ text: String) throws {
    guard let mark = text.lastIndex(of: "?"), !FileManager.default.fileExists(atPath: text) else {
      self.init(path: text)
      return
    }
    self.init(path: String(text[..<mark]))
    for setting in text[text.index(after: mark)...].split(separator: "&") {
      let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2, try set(pair[0], pair[1]) else {
        throw ModelError(
          .missing, file: text, what: "\(setting) is no setting of a model",
          hint: "config=FOLDER, vae=FILE, variant=fp16, prediction=v_prediction; a revision of the "
            + "hub's is written org/name@revision")
      }
    }
  }

  private mutating func set(_ name: String, _ value: String) throws -> Bool {
    func choice<Choice: RawRepresentable<String>>(_ known: String) throws -> Choice {
      guard let choice = Choice(rawValue: value) else {
        throw ModelError(
          .missing, file: path, key: name, what: "\(value) is none of its values",
          hint: known)
      }
      return choice
    }
    switch name {
    case "config": config = value
    case "vae": vae = value
    case "variant": variant = try choice("full, fp16, or another variant's name")
    case "prediction": prediction = try choice("epsilon or v_prediction")
    default: return false
    }
    return true
  }

  /// The text that is read as this location.
  public var description: String {
    let settings = [
      config.map { "config=\($0)" }, vae.map { "vae=\($0)" },
      variant.map { "variant=\($0.rawValue)" },
      prediction.map { "prediction=\($0.rawValue)" },
    ].compactMap(\.self)
    return settings.isEmpty ? path : "\(path)?\(settings.joined(separator: "&"))"
  }

  /// Whether it is a file, by its name or because it is one.
  var isFile: Bool {
    var isFolder = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists ? !isFolder : path.hasSuffix(".safetensors")
  }
}
