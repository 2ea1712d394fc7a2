import EditJobs
import Files
public import JobStore

extension UnitRow {
  /// Why it waits for a time and when it is tried again, in one line; `nil` where it does not.
  public var waits: String? {
    guard state == .scheduled, let dueMs, let code = errorCode else { return nil }
    return Postponement(code: code, text: errorText ?? "", units: 1, dueMs: dueMs).reason
  }
}

extension Postponement {
  /// `native-unavailable: native numerics need OpenBLAS: …; again in 12 s`.
  public var reason: String {
    let text = text.split(separator: "\n").first.map { ": \($0)" } ?? ""
    let seconds = max(0, Double(dueMs - WallClock.now) / 1000)
    return "\(code)\(text); again in \(Duration.spoken(seconds.rounded(.up)))"
  }
}
