import Foundation

/// An amount of memory or disk as typed: `20GiB`, `512M`, `1000`, or a share such as `60%`.
struct ByteCount: Sendable {
  private enum Amount: Sendable { case bytes(Int64), percent(Double) }
  private let amount: Amount

  /// Reads an amount; `nil` where the text is none.
  init?(argument: String) {
    let digits = argument.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), number >= 0 else { return nil }
    let unit = argument.dropFirst(digits.count).lowercased()
      .trimmingCharacters(in: .whitespaces)
    if unit == "%" {
      guard number > 0, number <= 100 else { return nil }
      amount = .percent(number)
      return
    }
    let powers = ["": 0, "b": 0, "k": 1, "m": 2, "g": 3, "t": 4]
    let (letter, binary) =
      unit.hasSuffix("ib")
      ? (String(unit.dropLast(2)), true)
      : unit.count == 2 && unit.hasSuffix("b") ? (String(unit.dropLast()), false) : (unit, true)
    guard let power = powers[letter] else { return nil }
    let bytes = number * pow(binary ? 1024 : 1000, Double(power))
    guard bytes < Double(Int64.max) else { return nil }
    amount = .bytes(Int64(bytes))
  }

  /// The bytes, of a whole where a share was asked for.
  func bytes(of whole: Int64) -> Int64 {
    switch amount {
    case .bytes(let bytes): bytes
    case .percent(let percent): Int64(Double(whole) * percent / 100)
    }
  }

  /// Memory that programs may take now without swapping, as the kernel estimates it; the machine's
  /// whole memory where it does not say.
  static var freeMemory: Int64 {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
    return kibibytes.map { $0 << 10 } ?? Int64(clamping: ProcessInfo.processInfo.physicalMemory)
  }
}
