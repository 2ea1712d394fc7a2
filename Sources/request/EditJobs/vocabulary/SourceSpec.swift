import Files

/// Which promise a unit's numbers keep.
public struct Numerics: Hashable, Codable, Sendable {
  /// Whose kernels compute.
  public enum Mode: String, Codable, Sendable, CaseIterable {
    /// The same bytes on every x86-64 CPU with AVX2 and FMA.
    case portable
    /// OpenBLAS and the kernels that it has for the CPU; their names are part of the key.
    case native
  }

  /// Which bits the engine makes: raised whenever a change moves a bit of any operation's result, and
  /// said nowhere else.
  ///
  /// It is part of every source's key and of every file's header. 1 and 2 stand for several kinds of bits.
  public static let currentRevision = 4

  /// Whose kernels compute.
  public var mode: Mode
  /// The revision of the numerics that made the unit.
  public var revision: Int
  /// The kernels' names; `nil` in portable mode.
  public var kernels: String?

  /// Makes a promise; portable and of the current revision by default.
  public init(mode: Mode = .portable, revision: Int = currentRevision, kernels: String? = nil) {
    (self.mode, self.revision, self.kernels) = (mode, revision, kernels)
  }

  /// The promise in words, e.g. `portable 3`, or `native 3` and the kernels' names.
  public var text: String {
    ([mode.rawValue, "\(revision)"] + [kernels].compactMap { $0 }).joined(separator: " ")
  }

  /// What the headers of files say of whoever made them: the promise and the compute type.
  public func fingerprint(_ compute: ComputeType) -> String {
    // The name of f32 is left out, as it was before there was another.
    compute == .f32 ? text : "\(text) \(compute.rawValue)"
  }
}

/// How numbers are computed.
public enum ComputeType: String, Codable, Sendable, CaseIterable {
  /// 32-bit floating point.
  case f32
  /// Matrix products of bfloat16 factors with float32 sums; everything else in 32-bit floating point.
  case bf16
}

/// How a source's attention maps are stored, and to what its injectable sites round.
public enum MapsPrecision: String, Codable, Sendable {
  /// 16 bits; every injectable site rounds to them, in every run.
  case f16
  /// 32 bits; nothing is rounded.
  case f32
}

/// A source, resolved: everything that decides its bytes.
public struct SourceSpec: Hashable, Codable, Sendable {
  /// The model, by the hash of its files.
  public var model: Digest
  /// The prompt, white space normalised.
  public var prompt: String
  /// The negative prompt, white space normalised; empty for none.
  public var negative: String
  /// Seed of the noise; 0 where a photograph takes its place.
  @SeedNumber public var seed: UInt64
  /// The photograph that the source starts from; `nil` for a seed's noise.
  public var photograph: Photograph?
  /// The solver.
  public var sampler: SamplerKind
  /// Steps of the solver.
  public var steps: Int
  /// Guidance scale; at most 1 means that there is no unconditional branch.
  public var guidance: Double
  /// Picture width in pixels.
  public var width: Int
  /// Picture height in pixels.
  public var height: Int
  /// How numbers are computed.
  public var compute: ComputeType
  /// How maps are stored.
  public var maps: MapsPrecision
  /// Side of the largest self-attention sites that may be injected; `nil` is the control resolution.
  public var selfMax: Int?
  /// Which promise the numbers keep.
  public var numerics: Numerics

  /// Makes a source.
  public init(
    model: Digest, prompt: String, negative: String = "", seed: UInt64,
    photograph: Photograph? = nil, sampler: SamplerKind = .ddim,
    steps: Int, guidance: Double, width: Int, height: Int, compute: ComputeType = .f32,
    maps: MapsPrecision = .f16, selfMax: Int? = nil, numerics: Numerics = Numerics()
  ) {
    self.seed = seed
    (self.model, self.prompt, self.negative) = (model, prompt, negative)
    (self.sampler, self.steps, self.guidance) = (sampler, steps, guidance)
    (self.width, self.height, self.compute, self.maps) = (width, height, compute, maps)
    (self.selfMax, self.numerics, self.photograph) = (selfMax, numerics, photograph)
  }

  /// The canonical form that is hashed.
  public var canonicalForm: CanonicalForm {
    var form = CanonicalForm()
    form.set("format", 1)
    form.set("kind", "source")
    for part in Self.parts {
      if let line = part.line(self) { form.set(part.name, line) }
    }
    return form
  }

  /// The source's key.
  public var key: Key { Key(canonicalForm.digest) }

  /// What the source began with, as people read it.
  public var origin: String {
    switch photograph?.inversion {
    case .direct: "photograph, direct inversion"
    case .negativePrompt: "photograph, negative-prompt inversion"
    case nil: "seed \(seed)"
    }
  }
}

extension SourceSpec {
  /// One thing that a source is made of: its line in the key, and how pages and pictures have it.
  public struct Part: Sendable {
    /// The name of its line in the key, and of its member in a picture's text.
    public let name: String
    /// Its line in the key; `nil` where it is no part of the source.
    let line: @Sendable (SourceSpec) -> String?
    /// What people read where a sweep's sources differ in it; `nil` where they cannot, or another
    /// part says it.
    public let label: (@Sendable (SourceSpec) -> String)?
    /// Its member in a picture's text; `nil` where it stands there in another place.
    public let json: (@Sendable (SourceSpec) -> CanonicalJSON?)?

    init(
      _ name: String, line: @escaping @Sendable (SourceSpec) -> String?,
      label: (@Sendable (SourceSpec) -> String)? = nil,
      json: (@Sendable (SourceSpec) -> CanonicalJSON?)? = nil
    ) {
      (self.name, self.line, self.label, self.json) = (name, line, label, json)
    }
  }

  /// Everything that decides a source's bytes, in the order in which people read it.
  public static let parts: [Part] = [
    Part(
      "seed", line: { $0.photograph == nil ? String($0.seed) : nil }, label: { $0.origin }),
    Part("sampler", line: { $0.sampler.rawValue }, label: { $0.sampler.title }),
    Part("steps", line: { String($0.steps) }, label: { "\($0.steps) steps" }),
    Part(
      "guidance", line: { CanonicalForm.bits($0.guidance) },
      label: { "guidance \(NumberText.of($0.guidance))" }, json: { .number($0.guidance) }),
    Part("prompt", line: { $0.prompt }),
    Part(
      "negative", line: { $0.negative },
      label: { $0.negative.isEmpty ? "no negative prompt" : "without \($0.negative)" },
      json: { .string($0.negative) }),
    Part(
      "model", line: { $0.model.description }, label: { "model \($0.model.description.prefix(8))" }),
    Part("width", line: { String($0.width) }), Part("height", line: { String($0.height) }),
    Part("compute", line: { $0.compute.rawValue }, label: { "dtype \($0.compute.rawValue)" }),
    Part(
      "numerics.mode", line: { $0.numerics.mode.rawValue },
      label: { "\($0.numerics.text) numerics" }),
    Part("numerics.revision", line: { String($0.numerics.revision) }),
    Part("numerics.kernels", line: { $0.numerics.kernels }),
    Part(
      "image", line: { $0.photograph?.image.description },
      label: {
        $0.photograph.map { "photograph \($0.image.description.prefix(8))" } ?? "no photograph"
      }),
    Part("inversion", line: { $0.photograph?.inversion.rawValue }),
    Part(
      "maps", line: { $0.maps.rawValue }, json: { .string($0.maps.rawValue) }),
    Part(
      "self_max", line: { $0.selfMax.map(String.init) ?? "control" },
      label: { $0.selfMax.map { "self-attention up to \($0)²" } ?? "the control resolution" },
      json: { $0.selfMax.map { .integer(Int64($0)) } ?? .null }),
  ]
}
