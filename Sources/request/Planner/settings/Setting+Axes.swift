import EditJobs
import Files
import PromptAlignment

/// The settings that may be axes.
extension Setting {
  /// In the order in which they are listed.
  static let axes: [Setting] = [
    tau, selfTau, seed, to, blend, sampler, steps, cfg, negative, model, image, method, selfMax,
    blendThreshold, blendSubtractThreshold, blendStart, weight, wordTau,
  ]

  // MARK: when and how strongly

  /// The window of cross-attention.
  public static let tau = Setting(
    axis: "tau", .window,
    elsewhere: ["cross_replace_steps", "cross_steps", "cross", "strength"],
    help: "How long cross-attention is injected, 0…1, steps (12s) or a window ([0.2,0.8]).",
    use: .edit { edit, _, value in edit.tau = value.window ?? edit.tau }, stored: .listed)

  /// The window of self-attention.
  public static let selfTau = Setting(
    axis: "self_tau", .window, elsewhere: ["self_replace_steps", "self_steps", "self"],
    help: "How long self-attention is injected, written like --tau.",
    use: .edit { edit, _, value in edit.selfTau = value.window ?? edit.selfTau }, stored: .listed)

  /// The factor of a word of the edit prompt.
  public static let weight = Setting(
    axis: "w:", .weight, flag: "--w", valueName: "word=value",
    elsewhere: ["weight", "weights", "word", "eq_params"],
    help: "How strongly a word counts, and when where that is not always: red=2@[0.3,1].",
    use: .edit { edit, word, value in
      edit.weights[word] = value.number?.double
      edit.weightWindows[word] = value.windowOfWeight
    }, stored: .listed)

  /// The window of one word.
  public static let wordTau = Setting(
    axis: "tau:", .window, flag: "--tau-word", valueName: "word=window",
    help: "The window of one word.",
    use: .edit { edit, word, value in edit.tauWords[word] = value.window }, stored: .listed)

  // MARK: texts and words

  /// The edit prompt.
  public static let to = Setting(
    axis: "to",
    .text { text throws(GrammarFault) in
      // A text that is empty would be an edit into nothing, which nobody means by `--to ""`.
      let plain = text.withSingleBlanks
      guard !plain.isEmpty else {
        throw GrammarFault("an empty edit prompt", hint: "to takes a prompt")
      }
      return plain
    }, elsewhere: ["edit", "edit_prompt", "prompts", "target", "target_prompt"],
    help: "An edit prompt; may be given several times. The source's own if absent.",
    use: .edit { edit, _, value in edit.prompt = value.description }, stored: .listed,
    label: { $0 })

  /// The words whose place may change, `cat -> dog`, or `none`.
  public static let blend = Setting(
    axis: "blend",
    .text { text throws(GrammarFault) in
      do throws(EditError) {
        return try BlendSpec.Words(parsing: text.withSingleBlanks)?.description ?? "none"
      } catch {
        throw GrammarFault(error.what, hint: error.hint)
      }
    }, valueName: "words",
    help: "The words whose place alone may change, as 'cat -> dog', or none.", use: .words,
    stored: .listed)

  /// What the blend's words' maps must exceed; for the words that are taken out too, unless they have
  /// their own.
  public static let blendThreshold = Setting(
    axis: "blend_threshold", .fraction(orSteps: false),
    help: "What a word's map must exceed to be blended, 0…1 (0.3).",
    use: .blend { blend, value in
      guard let threshold = value.number?.double else { return }
      (blend.threshold, blend.substractThreshold) = (threshold, threshold)
    }, stored: .said)

  /// The same for the words that are taken out; it stands behind the other in the list, as it counts
  /// where both are said.
  public static let blendSubtractThreshold = Setting(
    axis: "blend_subtract_threshold", .fraction(orSteps: false),
    help: "What the map of a word of --blend-subtract must exceed, 0…1 (0.3).",
    use: .blend { blend, value in
      blend.substractThreshold = value.number?.double ?? blend.substractThreshold
    }, stored: .said)

  /// The first step at whose end the blend acts.
  public static let blendStart = Setting(
    axis: "blend_start", .fraction(orSteps: true),
    help: "When the blend begins, 0…1 or steps (0.2).",
    use: .blend { blend, value in blend.start = value.bound ?? blend.start }, stored: .said)

  /// How tokens are aligned.
  public static let method = Setting(
    axis: "method", .choice(EditMethod.self), elsewhere: ["mode"],
    help: "How words align: auto, replace, refine or none.",
    use: .edit { edit, _, value in
      edit.method = EditMethod(rawValue: value.description) ?? edit.method
    },
    stored: .always { value in
      .text((value.flatMap { EditMethod(rawValue: $0.description) } ?? .auto).rawValue)
    })

  // MARK: what a source is made of

  /// The seed of the noise.
  public static let seed = Setting(
    axis: "seed", .whole(0...Int128(UInt64.max)), elsewhere: ["seeds"],
    help: "The seed of the noise.",
    use: .source { source, value in
      source.seed = UInt64(clamping: value.number?.mantissa ?? 0)
    }, stored: .listed)

  /// The solver.
  public static let sampler = Setting(
    axis: "sampler", .choice(SamplerKind.self, read: { SamplerKind(spelling: $0)?.rawValue }),
    elsewhere: ["scheduler"],
    help: "The sampler: \(SamplerKind.allCases.map(\.rawValue).joined(separator: ", ")).",
    use: .source { source, value in
      source.sampler = SamplerKind(rawValue: value.description) ?? .ddim
    },
    stored: .always { value in
      .text((value.flatMap { SamplerKind(rawValue: $0.description) } ?? .ddim).rawValue)
    })

  /// Steps of the solver.
  public static let steps = Setting(
    axis: "steps", .whole(1...Int128(ModelFacts.mostSteps)), elsewhere: ["num_inference_steps"],
    help: "Steps of the sampler (50).",
    use: .source { source, value in source.steps = ModelPlan.steps(value) },
    stored: .always { .number("\(ModelPlan.steps($0))") })

  /// The guidance scale.
  public static let cfg = Setting(
    axis: "cfg", .positive, elsewhere: ["guidance", "guidance_scale", "cfg_scale", "scale"],
    help: "Guidance scale (7.5).",
    use: .source { source, value in
      source.guidance = (value.number ?? SweepRequest.defaultGuidance).double
    },
    stored: .always { .number(($0?.number ?? SweepRequest.defaultGuidance).description) })

  /// The negative prompt.
  public static let negative = Setting(
    axis: "negative", .plainText, elsewhere: ["negative_prompt"], help: "The negative prompt.",
    use: .source { source, value in source.negative = value.description },
    stored: .always { .text($0?.description ?? "") },
    label: { $0.isEmpty ? "no negative prompt" : "without \($0)" })

  /// The side of the largest self-attention sites that may be injected.
  public static let selfMax = Setting(
    axis: "self_max", .whole(1...Int128(PictureSize.limit)),
    help: "Side of the largest self-attention sites that may be injected.",
    use: .source { source, value in
      source.selfMax = value.number.map { Int(clamping: $0.mantissa) }
    },
    stored: .always { $0?.number.map { .number($0.description) } ?? .null })

  /// The model, by its folder.
  public static let model = Setting(
    axis: "model", .path, elsewhere: ["checkpoint", "pipeline"],
    help: "The model: its folder, or org/name in the hub's cache ($P2P_MODEL by default).",
    use: .file, stored: .apart, label: { "model \(lastPart($0))" })

  /// The photograph, by its file.
  public static let image = Setting(
    axis: "image", .path, valueName: "file",
    help: "A photograph, PNG or JPEG, in the place of a seed; --prompt says what it shows.",
    use: .file, stored: .apart, label: { "image \(lastPart($0))" })

  @Sendable private static func lastPart(_ path: String) -> Substring {
    path.split(separator: "/").last ?? ""
  }
}
