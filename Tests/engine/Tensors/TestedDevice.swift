import CPUBackend
import Tensors
import Testing

/// A device that the conformance suites run on, and what it promises of its numbers.
struct TestedDevice: Sendable {
  /// What a device promises of its numbers.
  enum Law: Sendable, Equatable {
    /// The bits that are pinned: those of every other device of this kind.
    case sameBits
    /// Numbers near the reference's: within each operation's tolerance, so many times.
    case close(times: Float)
  }

  /// What messages of a test call it.
  let name: String
  let law: Law
  private let open: @Sendable (_ threads: Int) throws -> any Device

  /// Our own kernels.
  static let portable = TestedDevice(name: "portable", law: .sameBits) { CPUBackend(threads: $0) }

  /// OpenBLAS's products; a test fails where this machine lacks it, which script/setup installs.
  static let native = TestedDevice(name: "native", law: .close(times: 1)) {
    CPUBackend(threads: $0, native: try NativeKernels.open())
  }

  /// Every device: a new one is a line here.
  static let all = [portable, native]

  /// What estimates are made for.
  static var plan: any Device { portable.device(threads: 1) }

  /// The one that the trait `everyDevice` has turned to.
  @TaskLocal static var current = portable

  /// The device on so many threads of this machine, the calling one included.
  func device(threads: Int) -> any Device {
    do { return try open(threads) } catch {
      Issue.record("there is no \(name) device: \(error); script/setup installs what it needs")
      return CPUBackend(threads: threads)
    }
  }

  /// What a tolerance for the pinned bits is here.
  func tolerance(_ tolerance: Float) -> Float {
    switch law {
    case .sameBits: tolerance
    case .close(let times): times * tolerance
    }
  }

  /// What messages of a test add: nothing for our own kernels.
  var remark: String { name == Self.portable.name ? "" : " (\(name))" }
}

/// Has every test of a suite, or one test, run on each device.
struct EveryDevice: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    for device in TestedDevice.all {
      try await TestedDevice.$current.withValue(device) { try await function() }
    }
  }
}

extension Trait where Self == EveryDevice {
  /// Has tests run on each device.
  static var everyDevice: Self { Self() }
}
