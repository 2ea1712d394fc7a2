/// A position on an axis of a sweep: its name and the canonical text of its value.
public struct Coordinate: Hashable, Codable, Sendable {
  /// The axis, e.g. `tau` or `w:crown`.
  public var axis: String
  /// The value's canonical text, e.g. `0.5`.
  public var value: String

  /// Makes a coordinate.
  public init(axis: String, value: String) { (self.axis, self.value) = (axis, value) }
}

/// An axis of a sweep with its values in order; the first is X, the second Y, further ones pages.
public struct SweepAxis: Hashable, Codable, Sendable {
  /// The axis, e.g. `tau` or `w:crown`.
  public var name: String
  /// Canonical texts, in the order of the grid.
  public var values: [String]
  /// What varies together with it: the further members of a zip group, with values in step with
  /// `values`; `nil` for none.
  public var zipped: [SweepAxis]?

  /// Makes an axis.
  public init(name: String, values: [String], zipped: [SweepAxis] = []) {
    (self.name, self.values) = (name, values)
    self.zipped = zipped.isEmpty ? nil : zipped
  }

  /// The axis and what varies together with it.
  public var members: [SweepAxis] { [SweepAxis(name: name, values: values)] + (zipped ?? []) }
}

/// A planned sweep, every cell resolved and checked: what is written to the job table in one go.
public struct Submission: Sendable, Codable {
  /// A source that some cell needs.
  public struct Source: Sendable, Codable, Hashable {
    /// Its key.
    public var key: Key
    /// What it is.
    public var spec: SourceSpec

    /// Makes a source.
    public init(_ spec: SourceSpec) { (key, self.spec) = (spec.key, spec) }

    /// Takes a source with its key, which takes a while to make.
    public init(_ spec: SourceSpec, key: Key) { (self.key, self.spec) = (key, spec) }
  }

  /// A model that some source runs on.
  public struct Model: Sendable, Codable, Hashable {
    /// Its facts.
    public var facts: ModelFacts
    /// Its folder, absolute.
    public var folder: String

    /// Makes a model.
    public init(facts: ModelFacts, folder: String) { (self.facts, self.folder) = (facts, folder) }
  }

  /// A variant that some cell points at.
  public struct Variant: Sendable, Codable, Hashable {
    /// Its key.
    public var key: Key
    /// Its source's key.
    public var source: Key
    /// What it is.
    public let edit: ResolvedEdit
    /// What acts in its steps: `edit.signatures`, which take a while to make.
    public let signatures: [SignatureRun]

    /// Makes a variant.
    public init(source: Key, edit: ResolvedEdit) {
      signatures = edit.signatures
      (self.source, self.edit) = (source, edit)
      key = edit.key(source: source, signatures: signatures)
    }

    /// The key of the same edit of another source.
    public func key(source: Key) -> Key { edit.key(source: source, signatures: signatures) }
  }

  /// What variants have in common that may share steps.
  public struct Family: Hashable, Sendable {
    /// Their source's key.
    public var source: Key
    /// Their edit prompt.
    public var prompt: String

    /// Names a family.
    public init(source: Key, prompt: String) { (self.source, self.prompt) = (source, prompt) }
  }

  /// What a cell is for.
  public enum Role: String, Codable, Sendable {
    /// A cell of the grid.
    case cell
    /// The plain re-prompt beside the grid.
    case reprompt
  }

  /// A sweep's coordinates, pointing at a variant.
  public struct Cell: Sendable, Codable, Hashable {
    /// What it is for.
    public var role: Role
    /// Its identity within the sweep, sorted by axis name.
    public var coordinates: [Coordinate]
    /// Presentation: row from 0.
    public var row: Int
    /// Presentation: column from 0.
    public var column: Int
    /// Presentation: page from 0 (third and further axes).
    public var page: Int
    /// The variant's key.
    public var variant: Key
    /// Its coordinates for people, in the order of the axes, an edit prompt by itself:
    /// `tau 0.25, w:crown 2`. Without axes the edit prompt; of a plain re-prompt `re-prompt`.
    public var label: String

    /// Makes a cell.
    public init(
      role: Role = .cell, coordinates: [Coordinate], row: Int, column: Int, page: Int,
      variant: Key, label: String
    ) {
      (self.role, self.coordinates, self.row, self.column) = (role, coordinates, row, column)
      (self.page, self.variant, self.label) = (page, variant, label)
    }
  }

  /// The sweep's name, `[a-z0-9._-]`, at most 64 characters.
  public var name: String
  /// The axes in order.
  public var axes: [SweepAxis]
  /// The request in canonical JSON, which the same `--key` must repeat.
  public var request: String
  /// The hash of `request`.
  public var requestHash: Digest
  /// The client's key for idempotent submission.
  public var clientKey: String?
  /// −100…100; higher first.
  public var priority: Int
  /// The models, each once.
  public var models: [Model]
  /// The sources, each once.
  public var sources: [Source]
  /// The variants, each once.
  public var variants: [Variant]
  /// The cells in grid order, then the re-prompts.
  public var cells: [Cell]

  /// Makes a submission.
  public init(
    name: String, axes: [SweepAxis], request: String, clientKey: String? = nil, priority: Int = 0,
    models: [Model], sources: [Source], variants: [Variant], cells: [Cell]
  ) {
    (self.name, self.axes, self.request) = (name, axes, request)
    (requestHash, self.clientKey) = (Digest(of: request.utf8), clientKey)
    (self.priority, self.models) = (priority, models)
    (self.sources, self.variants, self.cells) = (sources, variants, cells)
  }

  /// Makes a submission on one model.
  public init(
    name: String, axes: [SweepAxis], request: String, clientKey: String? = nil, priority: Int = 0,
    model: ModelFacts, modelFolder: String, sources: [Source], variants: [Variant], cells: [Cell]
  ) {
    self.init(
      name: name, axes: axes, request: request, clientKey: clientKey, priority: priority,
      models: [Model(facts: model, folder: modelFolder)], sources: sources, variants: variants,
      cells: cells)
  }

  /// The facts of a model by its digest; `nil` where no source runs on it.
  public func facts(_ model: Digest) -> ModelFacts? {
    models.first { $0.facts.digest == model }?.facts
  }
}
