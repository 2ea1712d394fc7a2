public import Files

/// What a machine has for native numerics.
public enum NativeSupport: Sendable, Hashable {
  /// The kernels' names: library, version, and the CPU's kernels as it calls them, e.g.
  /// `OpenBLAS 0.3.21 SkylakeX`.
  case kernels(String)
  /// Nothing that computes, and why.
  case missing(String)

  /// The packages of Debian that bring the library: what runs it, and what builds with it too.
  public static let packages = "libopenblas0-pthread, which libopenblas-dev brings too"

  /// Why a machine does not compute an order's native numerics; `nil` where it does.
  ///
  /// - Parameter kernels: what the order names; `nil` takes those that are there.
  public func refusal(of kernels: String?) -> EditError? {
    switch self {
    case .kernels(let own):
      guard let kernels, kernels != own else { return nil }
      return EditError(
        "native-unavailable", .unavailable,
        "native numerics are \(own) here, and the order names \(kernels)",
        hint: "a machine that has these kernels, or enqueue again")
    case .missing(let reason): return Self.unavailable(reason)
    }
  }

  /// What is said where nothing computes native numerics.
  public static func unavailable(_ reason: String) -> EditError {
    EditError(
      "native-unavailable", .unavailable, "native numerics need OpenBLAS: \(reason)",
      details: ["Debian's package is \(packages)"],
      hint: "apt install libopenblas0-pthread, or --numerics portable where the edit is asked for")
  }
}

/// What `p2p-worker inspect` says of the machine, and of itself, where it is given no model.
public struct MachineFacts: Codable, Sendable, Hashable {
  /// The version of the protocol that the worker speaks; absent where it does not say.
  public var `protocol`: Int?
  /// The revision of the numerics that it makes; absent where it does not say.
  public var revision: Int?
  /// The native kernels' names; absent where there are none.
  public var nativeKernels: String?
  /// Why there are none; absent where there are some.
  public var nativeMissing: String?

  /// Describes a machine.
  public init(_ native: NativeSupport) {
    (`protocol`, revision) = (WorkerEvent.protocolVersion, Numerics.currentRevision)
    switch native {
    case .kernels(let name): nativeKernels = name
    case .missing(let reason): nativeMissing = reason
    }
  }

  /// In which way the worker belongs to another version than this program; `nil` where it does not.
  public var mismatch: String? {
    Self.mismatch(protocol: `protocol`, revision: revision)
  }

  /// In which way a worker that speaks this version of the protocol and makes numerics of this revision
  /// belongs to another version than this program; `nil` where it does not, or does not say.
  public static func mismatch(protocol: Int?, revision: Int?) -> String? {
    if let `protocol`, `protocol` != WorkerEvent.protocolVersion {
      return "it speaks version \(`protocol`) of the worker's protocol, not "
        + "\(WorkerEvent.protocolVersion)"
    }
    if let revision, revision != Numerics.currentRevision {
      return "it makes numerics of revision \(revision), not \(Numerics.currentRevision)"
    }
    return nil
  }

  /// What the machine has for native numerics.
  public var native: NativeSupport {
    nativeKernels.map(NativeSupport.kernels) ?? .missing(nativeMissing ?? "it is not there")
  }

  private enum CodingKeys: String, CodingKey {
    case `protocol`, revision
    case nativeKernels = "native_kernels"
    case nativeMissing = "native_missing"
  }
}
