import CPUBackend
import EditJobs
import Files

/// What this machine has for native numerics.
enum NativeMachine {
  /// What there is, looked for once.
  static let found: NativeSupport = {
    do throws(NativeKernels.Unavailable) { return .kernels(try NativeKernels.open().name) } catch {
      return .missing(error.description)
    }
  }()

  /// Opens the kernels; throws `native-unavailable` with the package that brings them.
  static func kernels() throws(EditError) -> NativeKernels {
    do throws(NativeKernels.Unavailable) { return try NativeKernels.open() } catch {
      throw NativeSupport.unavailable(error.description)
    }
  }
}
