import EditJobs
import Planner

/// Reads numbers out of the settings; what cannot be read is said with its origin.
struct DaemonNumbers {
  private let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

  /// A whole number; `nil` for `auto`.
  func integer(
    _ setting: Configuration.Setting, _ option: (String, String?), _ range: ClosedRange<Int>
  ) throws(EditError) -> Int? {
    guard let value = configuration.value(setting, option: option), value.text != "auto" else {
      return nil
    }
    guard let number = Int(value.text), range.contains(number) else {
      throw wrong(setting, value, "\(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// An amount of memory or disk.
  func bytes(
    _ setting: Configuration.Setting, _ option: (String, String?), of whole: Int64
  ) throws(EditError) -> Int64 {
    guard let value = configuration.value(setting, option: option) else { return whole }
    guard let count = ByteCount(argument: value.text) else {
      throw wrong(setting, value, "20GiB, 512M or 60%")
    }
    return count.bytes(of: whole)
  }

  private func wrong(
    _ setting: Configuration.Setting, _ value: Configuration.Value, _ legal: String
  ) -> EditError {
    EditError(
      "bad-setting", .configuration,
      "\(setting.rawValue) cannot be \"\(value.text)\" (\(value.origin))",
      details: ["legal: \(legal)"])
  }
}
