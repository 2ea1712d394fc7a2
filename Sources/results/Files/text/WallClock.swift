public import Foundation

/// Wall-clock time, for people and for the job table.
public enum WallClock {
  /// Milliseconds since 1970.
  public static var now: Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }

  /// `2026-11-30T14:05:09Z` (RFC 3339), as programs read it.
  public static func stamp(ms: Int64 = now) -> String {
    Date(timeIntervalSince1970: Double(ms) / 1000).formatted(.iso8601)
  }

  /// `14:05:09`, local time.
  public static func time(_ date: Date = Date()) -> String {
    var seconds = time_t(date.timeIntervalSince1970)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return [parts.tm_hour, parts.tm_min, parts.tm_sec]
      .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }
}
