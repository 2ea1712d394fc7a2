import Glibc

/// What `errno` says.
public enum ErrorNumber {
  /// The system's words for a value of `errno`, which is to be copied right after the call.
  public static func words(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
