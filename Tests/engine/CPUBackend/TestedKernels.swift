import CPUBackend
import Testing

/// Whose matrix products the CPU backend under a test has.
enum TestedKernels: CaseIterable, Sendable {
  case portable
  case native

  /// Those that the suite's trait `bothKernels` has turned to.
  @TaskLocal static var current = TestedKernels.portable

  /// A backend that multiplies so; a test fails where this machine lacks OpenBLAS, which script/setup
  /// installs.
  func backend(threads: Int) -> CPUBackend {
    guard self == .native else { return CPUBackend(threads: threads) }
    do { return CPUBackend(threads: threads, native: try NativeKernels.open()) } catch {
      Issue.record("native numerics need OpenBLAS: \(error); script/setup installs it")
      return CPUBackend(threads: threads)
    }
  }

  /// What messages of a test add: nothing for our own kernels.
  var remark: String { self == .native ? " (native)" : "" }
}

/// Has every test of a suite, or one test, run twice: with our own kernels and with native ones.
struct BothKernels: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    for kernels in TestedKernels.allCases {
      try await TestedKernels.$current.withValue(kernels) { try await function() }
    }
  }
}

extension Trait where Self == BothKernels {
  /// Has tests run with our own kernels and with native ones.
  static var bothKernels: Self { Self() }
}
