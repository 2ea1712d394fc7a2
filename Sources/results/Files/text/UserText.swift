/// Text of files that people write: UTF-8, with or without a byte order mark at its start.
public enum UserText {
  /// The text of some bytes, without the mark.
  ///
  /// - Parameters:
  ///   - file: what the file is called in an error.
  ///   - status: the exit status of the error.
  /// - Throws: `not-utf8` with the line and the byte of it where the first wrong one stands.
  public static func decoded(
    _ bytes: some Collection<UInt8>, file: String, status: ExitStatus = .data
  ) throws(EditError) -> String {
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : Array(bytes)
    if let valid = String(validating: text, as: UTF8.self) { return valid }
    let (line, column, byte) = firstWrong(text)
    throw EditError(
      "not-utf8", status,
      "\(file):\(line):\(column): the byte 0x\(String(byte, radix: 16)) is not UTF-8",
      hint: "save the file as UTF-8")
  }

  /// Where the first byte stands that is not part of a character, counted from 1.
  private static func firstWrong(_ bytes: [UInt8]) -> (line: Int, column: Int, byte: UInt8) {
    var parser = Unicode.UTF8.ForwardParser()
    var (input, at, lineStart, line) = (bytes.makeIterator(), 0, 0, 1)
    while case .valid(let encoded) = parser.parseScalar(from: &input) {
      at += encoded.count
      if encoded.first == UInt8(ascii: "\n") { (line, lineStart) = (line + 1, at) }
    }
    return (line, at - lineStart + 1, at < bytes.count ? bytes[at] : 0)
  }
}
