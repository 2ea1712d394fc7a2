import Foundation
import Testing

/// Arguments and variables that are not UTF-8, through the shell, which passes any bytes.
@Suite struct ForeignBytesTests {
  @Test(arguments: [
    ("p2p", #"enqueue --model M --prompt "$(printf 'caf\351')" --to b"#, "argument 5"),
    ("p2p", #"status --state "$(printf '/tmp/\377')""#, "argument 3"),
    ("p2pd", #"run --state "$(printf '/tmp/\377')""#, "argument 3"),
    ("p2p-worker", #"inspect "$(printf '/tmp/\377')""#, "argument 2"),
  ]) func argumentsAreRefusedWithTheirPlace(program: String, line: String, place: String) throws {
    let ran = try Ran("/bin/sh", ["-c", "exec \(Built.program(program)) \(line)"])
    #expect(ran.status == 64, "\(ran.errors)")
    #expect(
      ran.errors.contains("\(place) is not UTF-8") && ran.errors.contains("\\x"), "\(ran.errors)")
  }

  @Test(arguments: ["p2p status", "p2pd run --embedded", "p2p-worker inspect x"])
  func variablesAreRefusedWithTheirName(line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let ran = try Ran(
      "/bin/sh",
      [
        "-c",
        #"export P2P_STATE="$(printf '/tmp/\377')"; exec "# + Built.program(words[0]) + " "
          + words.dropFirst().joined(separator: " "),
      ])
    #expect(ran.status == 64 && ran.errors.contains("P2P_STATE is not UTF-8"), "\(ran.errors)")
  }
}
