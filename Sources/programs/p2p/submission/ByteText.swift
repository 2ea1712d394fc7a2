import Foundation

/// Amounts of bytes as people read them.
enum ByteText {
  /// `512 B`, `4.2 MiB`, `12 GiB`.
  static func of(_ count: Int64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1023.5, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
    return String(format: value < 9.95 && unit > 0 ? "%.1f %@" : "%.0f %@", value, units[unit])
  }
}
