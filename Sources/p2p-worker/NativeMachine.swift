import EditJobs

/// What this machine has for native numerics.
enum NativeMachine {
  /// What there is, looked for once.
  static let found = NativeSupport.missing("this worker is built without it")
}
