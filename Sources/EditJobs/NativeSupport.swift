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

/// What `p2p-worker inspect` says of the machine where it is given no model.
public struct MachineFacts: Codable, Sendable, Hashable {
  /// The native kernels' names; absent where there are none.
  public var nativeKernels: String?
  /// Why there are none; absent where there are some.
  public var nativeMissing: String?

  /// Describes a machine.
  public init(_ native: NativeSupport) {
    switch native {
    case .kernels(let name): nativeKernels = name
    case .missing(let reason): nativeMissing = reason
    }
  }

  /// What the machine has for native numerics.
  public var native: NativeSupport {
    nativeKernels.map(NativeSupport.kernels) ?? .missing(nativeMissing ?? "it is not there")
  }

  private enum CodingKeys: String, CodingKey {
    case nativeKernels = "native_kernels"
    case nativeMissing = "native_missing"
  }
}
