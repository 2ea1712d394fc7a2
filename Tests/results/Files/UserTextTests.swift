import Files
import Foundation
import Planner
import Testing

/// Files that people write, in the encodings in which they arrive.
@Suite struct UserTextTests {
  @Test func aByteOrderMarkIsNoText() throws {
    #expect(try UserText.decoded([0xEF, 0xBB, 0xBF] + "sweep: é".utf8, file: "f") == "sweep: é")
    #expect(try UserText.decoded([], file: "f").isEmpty)
    // One that stands later is a character.
    #expect(try UserText.decoded(Array("a\u{FEFF}".utf8), file: "f").unicodeScalars.count == 2)
  }

  @Test(
    arguments: [
      // Latin-1, after a line of characters of several bytes.
      (Array("a: é\nb: caf".utf8) + [0xE9, 0x0A], "f:2:7: the byte 0xe9"),
      ([0xFF, 0xFE, 0x61, 0x00], "f:1:1: the byte 0xff"),
      // Cut inside a character, a surrogate, an overlong form.
      (Array("ab".utf8) + [0xE2, 0x82], "f:1:3: the byte 0xe2"),
      ([0xED, 0xA0, 0x80], "f:1:1: the byte 0xed"), ([0x2F, 0xC0, 0xAF], "f:1:2: the byte 0xc0"),
    ] as [([UInt8], String)])
  func otherEncodingsAreErrorsWithTheirPlace(_ bytes: [UInt8], _ words: String) {
    let error = #expect(throws: EditError.self) { try UserText.decoded(bytes, file: "f") }
    #expect(error?.code == "not-utf8" && error?.status == .data)
    #expect(error?.what.hasPrefix(words) == true, "\(String(describing: error))")
  }

  @Test func settings() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data([0xEF, 0xBB, 0xBF] + "workers: 3\n".utf8).write(to: file)
    #expect(try Configuration(file: file.path, environment: [:]).value(.workers)?.text == "3")
    try Data(Array("results: /srv/caf".utf8) + [0xE9, 0x0A]).write(to: file)
    let error = #expect(throws: EditError.self) {
      try Configuration(file: file.path, environment: [:])
    }
    #expect(error?.code == "not-utf8" && error?.status == .configuration)
    #expect(error?.what.contains(".yaml:1:18: ") == true, "\(String(describing: error))")
  }

  @Test(
    arguments: [
      (["p2p", "--prompt", "caf\u{e9}"], [], nil),
      (["p2p", "x"], ["P2P_MODEL=é", "LESS=\u{1}"], nil),
    ] as [([String], [String], String?)])
  func goodArgumentsPass(arguments: [String], variables: [String], words: String?) throws {
    try ProgramText.check(
      arguments: arguments.map { Array($0.utf8) }, variables: variables.map { Array($0.utf8) })
  }

  @Test func otherBytesInArgumentsAreErrors() {
    let wrong = Array("caf".utf8) + [0xE9]
    let argument = #expect(throws: EditError.self) {
      try ProgramText.check(arguments: [wrong, Array("a".utf8), wrong], variables: [])
    }
    #expect(argument?.code == "not-utf8" && argument?.what == "argument 2 is not UTF-8: caf\\xe9")
    let variable = #expect(throws: EditError.self) {
      try ProgramText.check(arguments: [], variables: [Array("P2P_STATE=/".utf8) + wrong])
    }
    #expect(variable?.what.hasPrefix("the environment variable P2P_STATE is not UTF-8") == true)
    // What we do not read may be anything.
    #expect(throws: Never.self) {
      try ProgramText.check(arguments: [wrong], variables: [Array("LESS=".utf8) + wrong])
    }
  }
}
