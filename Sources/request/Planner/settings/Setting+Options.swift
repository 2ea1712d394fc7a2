import EditJobs
import Files
import PromptAlignment

/// The settings that have one value a request.
extension Setting {
  /// In the order in which they are listed.
  static let options: [Setting] = [
    prompt, inversion, size, dtype, numerics, maps, compat, blendSubtract, name, priority, key,
    maxCells, reprompt,
  ]

  /// The source prompt.
  public static let prompt = Setting(
    option: "prompt", help: "The source prompt.", stored: .one { .text($0.request.prompt ?? "") }
  ) { request, text throws(EditError) in request.prompt = text.plain }

  /// How a photograph's noise is found.
  public static let inversion = Setting(
    option: "inversion", words: ["direct", "negative-prompt"],
    help: "How a photograph's noise is found: direct (as it is) or negative-prompt.",
    stored: .one { settled in
      settled.request.images.isEmpty
        ? nil : .text((settled.request.inversion ?? .direct).rawValue)
    }
  ) { request, text throws(EditError) in
    request.inversion = try text.replacing("-", with: "_").choice()
  }

  /// The picture's size.
  public static let size = Setting(
    option: "size", elsewhere: ["width", "height", "resolution"],
    help: "The picture's size, WxH (the model's own).", stored: .apart
  ) { request, text throws(EditError) in
    guard let size = PictureSize(text.plain) else { throw text.asTyped(legal: "as 512x512") }
    request.size = size
  }

  /// What the runs are computed with; f32 is said by nothing, as before there was a choice.
  public static let dtype = Setting(
    option: "dtype", words: ComputeChoice.allCases.map(\.rawValue),
    elsewhere: ["precision", "torch_dtype", "compute"],
    help: """
      What runs are computed with: f32, bf16 (CPUs with AVX512-BF16: faster, other pictures), or auto, \
      which is bf16 where p2pd knows that its workers' CPUs have it (f32).
      """,
    stored: .one { $0.compute == .f32 ? nil : .text($0.compute.rawValue) }
  ) { request, text throws(EditError) in request.dtype = try text.choice() }

  /// Whose kernels compute; portable ones are said by nothing, as before there was a choice.
  public static let numerics = Setting(
    option: "numerics", words: Numerics.Mode.allCases.map(\.rawValue),
    elsewhere: ["kernels", "blas", "openblas", "backend"],
    help: """
      Whose kernels compute: portable (ours, equal bytes on every CPU with AVX2), or native \
      (OpenBLAS's, whose names become part of the keys; f32 alone, on any CPU).
      """,
    stored: .one { $0.numerics.kernels == nil ? nil : .text($0.numerics.mode.rawValue) }
  ) { request, text throws(EditError) in
    request.numerics = try text.choice()
  }

  /// How the source's maps are stored.
  public static let maps = Setting(
    option: "maps", words: ["f16", "f32"], help: "How attention maps are stored: f16 or f32.",
    stored: .one { .text($0.request.maps.rawValue) }
  ) { request, text throws(EditError) in
    request.maps = try text.choice(among: [.f16, .f32])
  }

  /// Whose rules are followed.
  public static let compat = Setting(
    option: "compat", words: ["google"],
    help: "Whose rules: google follows the original code where it differs.",
    stored: .one { $0.request.compat.map { .text($0.rawValue) } }
  ) { request, text throws(EditError) in
    request.compat = try text.choice(among: [.google])
  }

  /// Words taken out of the blend's mask; stored under the name that it had at first.
  public static let blendSubtract = Setting(
    option: "blend_subtract", oldFlag: "--blend-substract", valueName: "words",
    help: "Words whose place the blend leaves out, as 'hat -> hat'.",
    storedName: "blend_substract", stored: .one { $0.request.blendSubtract.map { .text($0) } }
  ) { request, text throws(EditError) in
    _ = try BlendSpec.Words(parsing: text.plain)
    request.blendSubtract = text.plain
  }

  /// The sweep's name.
  public static let name = Setting(
    option: "name", elsewhere: ["title"], help: "The sweep's name.", stored: .one { .text($0.name) }
  ) { request, text throws(EditError) in request.name = try SweepName.checked(text.plain) }

  /// −100…100; higher first.
  public static let priority = Setting(
    option: "priority", help: "−100…100; higher first.",
    stored: .one { .number("\($0.request.priority)") }
  ) { request, text throws(EditError) in
    request.priority = try text.integer(-100...100)
  }

  /// The client's key for idempotent submission.
  public static let key = Setting(
    option: "key", help: "A key of yours: the same key with the same request is submitted once.",
    stored: .apart
  ) { request, text throws(EditError) in
    guard !text.plain.isEmpty else { throw text.wrong(legal: "not empty") }
    guard text.plain.utf8.count <= 200 else {
      throw text.wrong("…", legal: "at most 200 bytes")
    }
    request.key = text.plain
  }

  /// The largest number of cells.
  public static let maxCells = Setting(
    option: "max_cells", help: "The largest number of cells (10000).", stored: .apart
  ) { request, text throws(EditError) in
    request.maxCells = try text.integer(1...Int(Int32.max))
  }

  /// Whether the plain re-prompts are made beside the grid; its flag is the no to it.
  public static let reprompt = Setting(
    option: "reprompt", flag: "--no-reprompt", help: "Leaves the plain re-prompts out.",
    stored: .one { .flag($0.request.includesReprompt) }
  ) { request, text throws(EditError) in
    guard ["true", "false"].contains(text.plain) else {
      throw text.asTyped(legal: "true or false")
    }
    request.includesReprompt = text.plain == "true"
  }
}
