import EditJobs
import Foundation
import Testing

/// However bytes arrive, the same lines come out.
@Suite struct LineCodecTests {
  /// The lines; `nil` in the place of one that is too long.
  private static func lines(_ chunks: [[UInt8]]) -> [[UInt8]?] {
    var codec = LineCodec()
    return chunks.flatMap { chunk in codec.lines(adding: chunk).map { try? $0.get() } }
  }

  /// Cuts at places that rise.
  private static func cut(_ bytes: [UInt8], at places: [Int]) -> [[UInt8]] {
    zip([0] + places, places + [bytes.count]).map { Array(bytes[$0..<$1]) }
  }

  @Test func anyChunksGiveTheSameLines() {
    let bytes = Array("{\"a\":1}\n\n  \r\nb\u{2028}c\n".utf8) + [0, 0xff, 0xc3, 0x0d, 0x0a, 0x61]
    let expected: [[UInt8]?] = [
      Array("{\"a\":1}".utf8), [], Array("  \r".utf8), Array("b\u{2028}c".utf8),
      [0, 0xff, 0xc3, 0x0d],
    ]
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let found = Self.lines(Self.cut(bytes, at: [first, second]))
        #expect(found == expected, "cut at \(first) and \(second)")
      }
    }
    #expect(Self.lines(bytes.map { [$0] }) == expected)
  }

  @Test func aTornLineIsNoneUntilItsEndArrives() {
    var codec = LineCodec()
    #expect(codec.lines(adding: Array(#"{"stop":"#.utf8)).isEmpty)
    #expect(codec.lines(adding: []).isEmpty)
    #expect(codec.lines(adding: Array("{}}\n".utf8)) == [.success(Array(#"{"stop":{}}"#.utf8))])
  }

  @Test func aLineOverTheLimitIsSaidOnceInItsPlace() {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: LineCodec.limit)
    let (a, end) = (UInt8(ascii: "a"), UInt8(ascii: "\n"))
    let expected: [[UInt8]?] = [[a], nil, [a]]
    #expect(Self.lines([[a, end] + long + [a, end, a, end]]) == expected)
    #expect(Self.lines([[a, end], long, [a], long, [a, end, a], [end]]) == expected)
    #expect(Self.lines([long, [end]]) == [long], "as long as may be")
    let refusal = #expect(throws: LineTooLong.self) {
      try LineCodec.line(String(decoding: long, as: UTF8.self))
    }
    #expect(refusal?.description == "a line is longer than 67108864 bytes")
  }

  @Test func foreignBytesAreNoValue() throws {
    for line: [UInt8] in [[0xff, 0xfe], [], Array("{\"stop\":{}}\0".utf8), Array("{}".utf8)] {
      #expect(throws: (any Error).self) { try LineCodec.value(WorkerCommand.self, of: line) }
    }
    #expect(
      try LineCodec.value(WorkerCommand.self, of: Array("\t{ \"stop\": {} }\r".utf8)) == .stop)
  }

  @Test func whatWouldActOnATerminalIsEscaped() throws {
    let line = try LineCodec.line(["b": "\u{1b}[2J\u{9b}", "a": "/\u{202e}"])
    #expect(
      String(decoding: line, as: UTF8.self)
        == "{\"a\":\"/\\u202e\",\"b\":\"\\u001b[2J\\u009b\"}\n")
    #expect(
      try LineCodec.value([String: String].self, of: line.dropLast())
        == ["b": "\u{1b}[2J\u{9b}", "a": "/\u{202e}"])
  }
}
