public import EditJobs
public import Files

/// Numbers and choices out of the settings; what cannot be read is said with its origin.
extension Configuration {
  /// A whole number; `nil` for `auto`. Throws `bad-setting` (78).
  public func integer(
    _ setting: Setting, option: (name: String, text: String?)? = nil, in range: ClosedRange<Int>
  ) throws(EditError) -> Int? {
    guard let value = value(setting, option: option), value.text != "auto" else { return nil }
    guard let number = Int(value.text), range.contains(number) else {
      throw Self.wrong(setting, value, "\(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// An amount of memory or disk; a share is of `whole`. Throws `bad-setting` (78).
  public func bytes(
    _ setting: Setting, option: (name: String, text: String?)? = nil, of whole: Int64
  ) throws(EditError) -> Int64 {
    guard let value = value(setting, option: option) else { return whole }
    guard let count = ByteCount(argument: value.text) else {
      throw Self.wrong(setting, value, "20GiB, 512M or 60%")
    }
    return count.bytes(of: whole)
  }

  /// Worker processes. Throws `bad-setting` (78).
  public func workers(option: (name: String, text: String?)? = nil) throws(EditError) -> Int {
    try integer(.workers, option: option, in: 1...64) ?? 1
  }

  /// Memory of all workers together, of what is free now where a share was asked for. Throws
  /// `bad-setting` (78).
  public func memory(option: (name: String, text: String?)? = nil) throws(EditError) -> Int64 {
    try bytes(.memory, option: option, of: ByteCount.freeMemory)
  }

  /// Disk for sources' attention maps. Throws `bad-setting` (78).
  public func mapsQuota(option: (name: String, text: String?)? = nil) throws(EditError) -> Int64 {
    try bytes(.mapsQuota, option: option, of: 20 << 30)
  }

  /// Whose kernels compute where a request does not say. Throws `bad-setting` (78).
  public func numerics() throws(EditError) -> Numerics.Mode {
    guard let value = value(.numerics) else { return .portable }
    guard let mode = Numerics.Mode(rawValue: value.text) else {
      throw Self.wrong(
        .numerics, value, Numerics.Mode.allCases.map(\.rawValue).joined(separator: " or "))
    }
    return mode
  }

  private static func wrong(_ setting: Setting, _ value: Value, _ legal: String) -> EditError {
    EditError(
      "bad-setting", .configuration,
      "\(setting.rawValue) cannot be \"\(value.text)\" (\(value.origin))",
      details: ["legal: \(legal)"])
  }
}
