/// A line that a worker writes.
public enum WorkerEvent: Sendable, Hashable {
  /// The model is loaded, and its digest is right.
  case ready(Ready)
  /// The computing thread lives.
  case alive(SignOfLife)
  /// Something happened to a unit of the order that has this token.
  case unit(Key, token: Int64, UnitReport)
  /// What was asked for cannot be done at all: without a token the worker cannot serve, or could not
  /// read a command; with one it could not read that order.
  case refused(Refusal, token: Int64?)
  /// The order that has this token is over.
  case idle(token: Int64)

  /// The version of the protocol that this code speaks.
  public static let protocolVersion = 1

  /// What a worker says of itself first.
  ///
  /// A worker of another version may leave members out, so that it is heard at least that far.
  public struct Ready: Sendable, Hashable {
    /// The version of the protocol that it speaks; 0 where it does not say.
    public var `protocol`: Int
    /// The loaded model's digest.
    public var digest: Digest?
    /// What decides the bits: mode, revision, kernels.
    public var fingerprint: String?
    /// What the CPU is and can do.
    public var cpu: String?
    /// The names of the kernels that native numerics compute with; `nil` in portable mode.
    public var nativeKernels: String?

    /// What a worker of this version says.
    public init(digest: Digest, fingerprint: String, cpu: String, nativeKernels: String?) {
      (self.digest, self.fingerprint, self.cpu) = (digest, fingerprint, cpu)
      (self.protocol, self.nativeKernels) = (WorkerEvent.protocolVersion, nativeKernels)
    }
  }

  /// What a worker is doing, said at most once a second.
  public struct SignOfLife: Sendable, Hashable {
    /// What the computing thread does.
    public var phase: WorkerPhase
    /// The order's token; `nil` before the first order.
    public var token: Int64?
    /// The unit that it is about; `nil` where it is about none.
    public var unit: Key?

    /// Says what the worker is doing.
    public init(_ phase: WorkerPhase, token: Int64?, unit: Key?) {
      (self.phase, self.token, self.unit) = (phase, token, unit)
    }
  }

  /// Why something cannot be done.
  public struct Refusal: Sendable, Hashable {
    /// A stable name of the failure, e.g. `nan-in-latents`.
    public var code: String
    /// What a person reads.
    public var message: String
    /// Whether trying again may help.
    public var isTransient: Bool

    /// Takes the reason.
    public init(code: String, message: String, isTransient: Bool) {
      (self.code, self.message, self.isTransient) = (code, message, isTransient)
    }
  }

  /// The order's token; `nil` where the event belongs to none.
  public var token: Int64? {
    switch self {
    case .ready: nil
    case .alive(let sign): sign.token
    case .unit(_, let token, _), .idle(let token): token
    case .refused(_, let token): token
    }
  }
}

/// What the computing thread of a worker does.
public enum WorkerPhase: String, Codable, Sendable {
  /// The model's files are read.
  case load
  /// A prompt or a photograph is encoded.
  case encode
  /// Steps are computed.
  case step
  /// A picture is decoded.
  case decode
  /// Files are synced and the manifest is written.
  case publish
}
