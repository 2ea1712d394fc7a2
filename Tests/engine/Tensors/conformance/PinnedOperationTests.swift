import EditJobs
import Foundation
import Testing

/// What each operation makes of fixed numbers, compared with a committed table: it says which one moved
/// when whole runs do (`PinnedHashTests`).
struct PinnedOperationTests {
  /// Names, and the first sixteen digits of hashes, parted by two blanks.
  static let table: [String: String] = {
    let text =
      (try? String(contentsOfFile: fixture("pinned-operations.txt"), encoding: .utf8)) ?? ""
    let rows = text.split(separator: "\n").map { $0.components(separatedBy: "  ") }
    return Dictionary(
      rows.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
  }()

  @Test(arguments: PinnedOperation.all.map(\.name), 1...2)
  func operation(_ name: String, _ threads: Int) throws {
    let operation = try #require(PinnedOperation.all.first { $0.name == name })
    let expected = Self.table[name]
    for device in TestedDevice.all where device.law == .sameBits {
      let found = try operation.hash(on: device.device(threads: threads))
      #expect(
        found == expected,
        """
        \(name) makes other bits than pinned, by \(operation.place) or what it calls, on \(device.name). \
        If that is meant, raise Numerics.currentRevision, and take this row into pinned-operations.txt:
        \(name)  \(found)
        """)
    }
  }

  @Test func everyRowIsTried() {
    let names = PinnedOperation.all.map(\.name)
    let rounded = PinnedOperation.products.map { "\($0.name), bf16" }
    let all = Set(names + rounded)
    #expect(all.count == names.count + rounded.count)
    #expect(Set(Self.table.keys) == all)
  }
}
