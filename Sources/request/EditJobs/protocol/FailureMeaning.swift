/// Codes of failures by which a daemon does more than to try again or to give up.
public enum FailureMeaning: String, Sendable, Hashable {
  /// The source's files are not whole: it runs again.
  case sourceMissing = "source-missing"
  /// Another process holds the unit's folder.
  case unitBusy = "unit-busy"
  /// This machine lacks the order's native kernels.
  case nativeUnavailable = "native-unavailable"
  /// An owner, a mode or a mount refuses a write.
  case notAllowed = "not-allowed"
  /// A folder or file that should be there is gone.
  case fileMissing = "file-missing"
  /// There is no room on the disk.
  case diskFull = "disk-full"
  /// The order's lanes took too much memory.
  case outOfMemory = "out-of-memory"
  /// Other files lie there than those of the model's digest.
  case modelChanged = "model-changed"
  /// The model's files are written while they are read.
  case modelChanging = "model-changing"

  /// Whether the model's files are not, or not yet, those of its digest.
  public var isOtherModel: Bool { self == .modelChanged || self == .modelChanging }
}
