/// The status and the header fields of an answer.
struct HTTPHead: Sendable {
  var status = 0
  private var fields: [String: String] = [:]

  /// A field by its name in lower case.
  subscript(name: String) -> String? { fields[name] }

  /// Takes one line as it comes; a status line begins a new head.
  mutating func take(line: String) {
    let line = line.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }
    if line.hasPrefix("HTTP/") {
      let words = line.split(separator: " ")
      self = HTTPHead()
      status = words.count > 1 ? Int(words[1]) ?? 0 : 0
      return
    }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...]
    let trimmed = value.drop { $0 == " " || $0 == "\t" }
    let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
    fields[line[..<colon].lowercased()] = end.map { String(trimmed[...$0]) } ?? ""
  }

  /// Adds the fields of an earlier answer that this one does not have.
  mutating func inherit(_ earlier: HTTPHead?) {
    if let earlier { fields.merge(earlier.fields) { own, _ in own } }
  }

  /// The number of bytes that the body is said to have.
  var contentLength: Int64? { self["content-length"].flatMap { Int64($0) } }

  /// The address of the next page: `Link: <…>; rel="next"`.
  var nextPage: String? {
    for link in self["link"]?.split(separator: ",") ?? [] where link.contains("rel=\"next\"") {
      guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close
      else { continue }
      return String(link[link.index(after: open)..<close])
    }
    return nil
  }

  /// First byte and total of `Content-Range: bytes 5-9/10`; the total is `nil` where it is `*`.
  var contentRange: (start: Int64, total: Int64?)? {
    guard let text = self["content-range"], text.hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/")
    guard parts.count == 2, let start = Int64(parts[0].prefix { $0 != "-" }) else { return nil }
    return (start, Int64(parts[1]))
  }
}
