/// A line that a worker reads: `{"order": {…}}`, `{"drop": {"unit": "…"}}` or `{"stop": {}}`.
public enum WorkerCommand: Codable, Sendable, Hashable {
  /// Do this.
  case order(WorkOrder)
  /// Leave a unit at the next step edge.
  case drop(unit: Key)
  /// Leave everything at the next step edge and exit 0.
  case stop

  private enum Name: String, CodingKey { case order, drop, stop }
  private enum DropName: String, CodingKey { case unit }
  private struct Nothing: Codable {}

  /// Reads a command; unknown ones are errors.
  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: Name.self)
    if object.contains(.order) {
      self = .order(try object.decode(WorkOrder.self, forKey: .order))
    } else if object.contains(.drop) {
      let drop = try object.nestedContainer(keyedBy: DropName.self, forKey: .drop)
      self = .drop(unit: try drop.decode(Key.self, forKey: .unit))
    } else if object.contains(.stop) {
      self = .stop
    } else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not order, drop or stop"))
    }
  }

  /// Writes a command.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Name.self)
    switch self {
    case .order(let order): try object.encode(order, forKey: .order)
    case .drop(let unit):
      var drop = object.nestedContainer(keyedBy: DropName.self, forKey: .drop)
      try drop.encode(unit, forKey: .unit)
    case .stop: try object.encode(Nothing(), forKey: .stop)
    }
  }
}

/// A line that a worker writes. `event` names it; the other members depend on it.
public struct WorkerEvent: Codable, Sendable, Hashable {
  /// What happened.
  public enum Name: String, Codable, Sendable {
    /// The model is loaded: `protocol`, `digest`, `fingerprint`, `cpu`, and in native mode
    /// `native_kernels`.
    case ready
    /// An attempt begins: `unit`, `pass` (records found, so 0 means from the start), `of`.
    case begun
    /// A record is written: `unit`, `pass`, `of`, `step`, `evaluations`, `ms`.
    case step
    /// The computing thread lives: `phase`, `unit`.
    case alive
    /// A unit is published: `unit`, `manifest` (the SHA-256 of manifest.json).
    case done
    /// A unit was left at a step edge: `unit`, `pass`.
    case dropped
    /// A unit cannot go on: `unit`, `code`, `message`, `transient`, `pass`. Without a token before
    /// `ready`: the worker cannot serve at all.
    case failed
    /// The order is over.
    case idle
  }

  /// What happened.
  public var event: Name
  /// The order's token; absent before the first order.
  public var token: Int64?
  /// The unit.
  public var unit: Key?
  /// Records after `x_0` that stand in the unit's trajectory.
  public var pass: Int?
  /// Passes of the whole run.
  public var of: Int?
  /// Complete steps.
  public var step: Int?
  /// Rows evaluated for this record.
  public var evaluations: Int?
  /// Milliseconds since the previous record of the batch.
  public var ms: Double?
  /// What the worker is doing: load, encode, step, decode, publish.
  public var phase: String?
  /// SHA-256 of the published manifest.
  public var manifest: Digest?
  /// A stable name of the failure, e.g. `nan-in-latents`.
  public var code: String?
  /// What a person reads.
  public var message: String?
  /// Whether trying again may help.
  public var transient: Bool?
  /// Version of this protocol.
  public var `protocol`: Int?
  /// The loaded model's digest.
  public var digest: Digest?
  /// What decides the bits: mode, revision, kernels.
  public var fingerprint: String?
  /// What the CPU is and can do.
  public var cpu: String?
  /// The names of the kernels that native numerics compute with.
  public var nativeKernels: String?

  /// Makes an event of which only the name is set.
  public init(_ event: Name, token: Int64? = nil, unit: Key? = nil) {
    (self.event, self.token, self.unit) = (event, token, unit)
  }

  /// The version that this code speaks.
  public static let protocolVersion = 1

  private enum CodingKeys: String, CodingKey {
    case event, token, unit, pass, of, step, evaluations, ms, phase, manifest
    case code, message, transient, `protocol`, digest, fingerprint, cpu
    case nativeKernels = "native_kernels"
  }
}
