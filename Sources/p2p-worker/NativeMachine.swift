import CPUBackend
import EditJobs

/// What this machine has for native numerics.
enum NativeMachine {
  /// Opens the kernels; throws `native-unavailable` with the package that brings them.
  static func kernels() throws(EditError) -> NativeKernels {
    do { return try NativeKernels.open() } catch {
      throw EditError(
        "native-unavailable", .unavailable, "native numerics need OpenBLAS: \(error)",
        hint:
          "apt install \(NativeKernels.package), or --numerics portable where the edit is asked for"
      )
    }
  }
}
