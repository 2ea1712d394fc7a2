import Glibc

/// What a program is called with: arguments and the environment, which may be any bytes.
///
/// Swift repairs what is not UTF-8 silently, and a prompt or a path would mean something else.
public enum ProgramText {
  /// The variables that our programs read, by the beginnings of their names.
  private static let names = ["P2P_", "HF_", "XDG_", "HOME=", "HUGGING_FACE_HUB_TOKEN=", "TMPDIR="]

  /// Refuses arguments and variables of ours that are not UTF-8.
  ///
  /// - Throws: `not-utf8` (64) with the argument's place, or the variable's name, and the wrong byte.
  public static func check() throws(EditError) {
    var arguments: [[UInt8]] = []
    for at in 0..<Int(CommandLine.argc) {
      if let text = CommandLine.unsafeArgv[at] { arguments.append(bytes(text)) }
    }
    var variables: [[UInt8]] = []
    var next = environ
    while let text = next.pointee {
      variables.append(bytes(text))
      next += 1
    }
    try check(arguments: arguments, variables: variables)
  }

  /// Refuses some arguments, the first of which is the program's name, and some variables,
  /// `NAME=value`; throws as `check()` does.
  public static func check(
    arguments: [[UInt8]], variables: [[UInt8]]
  ) throws(EditError) {
    for (place, argument) in arguments.enumerated().dropFirst() {
      try check(argument, "argument \(place)")
    }
    for variable in variables
    where names.contains(where: { variable.starts(with: $0.utf8) }) {
      let name = variable.prefix { $0 != UInt8(ascii: "=") }
      try check(variable, "the environment variable \(shown(name))")
    }
  }

  private static func check(_ text: [UInt8], _ what: String) throws(EditError) {
    guard String(validating: text, as: UTF8.self) == nil else { return }
    throw EditError(
      "not-utf8", .usage, "\(what) is not UTF-8: \(shown(text))",
      hint: "write it in UTF-8: iconv -t UTF-8, or a locale whose name ends in UTF-8")
  }

  /// Printable ASCII as it is, other bytes as `\xe9`.
  private static func shown(_ text: some Sequence<UInt8>) -> String {
    text.map { byte in
      (0x20..<0x7F).contains(byte)
        ? String(UnicodeScalar(byte))
        : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  private static func bytes(_ text: UnsafeMutablePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
