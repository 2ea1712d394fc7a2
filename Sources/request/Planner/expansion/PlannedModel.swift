public import EditJobs
import Files
public import PromptAlignment

/// A model of a sweep, with what planning needs to know of it.
public struct PlannedModel: Sendable {
  /// Its facts, inspected at the request's size.
  public var facts: ModelFacts
  /// Its folder, absolute.
  public var folder: String
  /// Its (first) tokenizer.
  public var tokenizer: CLIPTokenizer
  /// The request's photographs at the size of the model's pictures, by what was typed for `image`.
  public var images: [String: Digest]
  /// Tokenizers of further text encoders, whose windows prompts must fit too.
  public var moreTokenizers: [CLIPTokenizer]

  /// Describes a model.
  public init(
    facts: ModelFacts, folder: String, tokenizer: CLIPTokenizer,
    images: [String: Digest] = [:],
    moreTokenizers: [CLIPTokenizer] = []
  ) {
    (self.facts, self.folder, self.tokenizer) = (facts, folder, tokenizer)
    (self.images, self.moreTokenizers) = (images, moreTokenizers)
  }

  /// A prompt in the first tokenizer's tokens; throws `prompt-too-long` where it does not fit any.
  func prompt(_ text: String, name: String = "prompt") throws(EditError) -> Prompt {
    for other in moreTokenizers { _ = try Prompt(text, tokenizer: other, name: name) }
    return try Prompt(text, tokenizer: tokenizer, name: name)
  }
}

/// One model's part of a sweep: the prompts in its tokens, its sources, and its edits.
struct ModelPlan {
  let model: PlannedModel
  private let request: SweepRequest
  private let source: Prompt
  private let size: PictureSize
  private let compute: ComputeType
  private let numerics: Numerics
  private var edits: EditTable
  /// Words of its prompts that its tokenizer spells letter by letter, in their order.
  let spelledWords: [String]

  /// Tokenises every prompt and checks every setting.
  init(
    _ model: PlannedModel, _ request: SweepRequest, _ grid: CellGrid, compute: ComputeType,
    numerics: Numerics
  ) throws(EditError) {
    guard let text = request.prompt else {
      throw EditError("no-prompt", .usage, "there is no source prompt", hint: "--prompt TEXT")
    }
    for image in request.images where model.images[image] == nil {
      throw EditError("photograph-missing", .software, "the photograph \(image) was not read")
    }
    let facts = model.facts
    let size = request.pictureSize(facts)
    try request.checkSize(facts)
    let source = try request.located("prompt") { () throws(EditError) in try model.prompt(text) }
    for negative in grid.texts(of: .negative) {
      _ = try request.located("negative") { () throws(EditError) in
        try model.prompt(negative, name: "negative prompt")
      }
    }
    var prompts = [source.text: source]
    for text in grid.texts(of: .to) where prompts[text] == nil {
      prompts[text] = try request.located("to") { () throws(EditError) in
        try model.prompt(text, name: "edit prompt")
      }
    }
    (self.model, self.request, self.source, self.size) = (model, request, source, size)
    (self.compute, self.numerics) = (compute, numerics)
    spelledWords = ([source] + grid.texts(of: .to).compactMap { prompts[$0] })
      .flatMap(\.spelledWords)
    edits = try EditTable(request: request, source: source, prompts: prompts, grid: grid)
  }

  /// The source of a place.
  func sourceSpec(_ values: [AxisKind: SweepValue]) -> SourceSpec {
    var spec = SourceSpec(
      model: model.facts.digest, prompt: source.text, seed: 0,
      photograph: values[.image].flatMap { model.images[$0.description] }.map {
        Photograph(image: $0, inversion: request.inversion ?? .direct)
      },
      steps: Self.steps(nil), guidance: SweepRequest.defaultGuidance.double, width: size.width,
      height: size.height, compute: compute, maps: request.maps, numerics: numerics)
    for (kind, value) in values {
      if case .source(let apply) = kind.setting.use { apply(&spec, value) }
    }
    return spec
  }

  /// Refuses a source that the model's worker could not make.
  ///
  /// - Throws: `steps-impossible`.
  func check(_ spec: SourceSpec) throws(EditError) {
    try request.located(Setting.steps.name) { () throws(EditError) in
      try model.facts.check(steps: spec.steps, sampler: spec.sampler)
    }
  }

  /// Refuses an edit that the model's worker could not make.
  ///
  /// - Throws: `nothing-to-inject`.
  func check(_ edit: ResolvedEdit, of spec: SourceSpec) throws(EditError) {
    try request.located(Setting.selfMax.name) { () throws(EditError) in
      try model.facts.checkInjection(edit, selfMax: spec.selfMax)
    }
  }

  /// The steps that a value of `steps` means.
  static func steps(_ value: SweepValue?) -> Int {
    value?.number.map { Int(clamping: $0.mantissa) } ?? SweepRequest.defaultSteps
  }

  /// The edit of a place, which runs for as many steps as its source.
  mutating func edit(
    _ values: [AxisKind: SweepValue], steps: Int
  ) throws(EditError) -> ResolvedEdit {
    try edits.edit(edits.spec(values), steps: steps)
  }

  /// The plain re-prompt of a place; `nil` where the prompts are equal: it would be the source again.
  mutating func reprompt(
    _ values: [AxisKind: SweepValue], steps: Int
  ) throws(EditError) -> ResolvedEdit? {
    let prompt = edits.spec(values).prompt
    guard prompt != source.text else { return nil }
    return try edits.edit(.plainReprompt(prompt), steps: steps)
  }
}
