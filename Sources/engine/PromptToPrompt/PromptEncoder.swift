public import Layers
public import PromptAlignment
public import StableDiffusion

/// Turns prompts into what the noise model is told of them, with a tokenizer for each text encoder.
public struct PromptEncoder: Sendable {
  /// One for each text encoder; edits are said in the first one's tokens.
  public let tokenizers: [CLIPTokenizer]
  private let model: StableDiffusionModel

  /// Reads the tokenizers of a loaded model; throws `EditError`, also for tokens that a text encoder
  /// has no vector for.
  public init(_ model: StableDiffusionModel) throws {
    let description = model.description
    tokenizers = try description.tokenizerFolders.map {
      try CLIPTokenizer(folder: $0, textLength: description.textLength)
    }
    for (tokenizer, encoder) in zip(tokenizers, description.textEncoders) {
      try tokenizer.check(rows: encoder.vocabularySize)
    }
    self.model = model
  }

  /// A prompt; throws `prompt-too-long`, where messages call it `name`.
  public func encode(_ prompt: String, name: String = "prompt") throws -> TextStates {
    model.encode(
      try tokenizers.map { try Prompt(prompt, tokenizer: $0, name: name).ids })
  }

  /// A negative prompt; an empty one is zeros where the model wants it so.
  public func encodeNegative(_ prompt: String) throws -> TextStates {
    let embedding = try encode(prompt, name: "negative prompt")
    let isEmpty = prompt.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    return isEmpty && model.description.index.zerosForEmptyPrompt
      ? embedding.zeros(on: model.backend) : embedding
  }
}
