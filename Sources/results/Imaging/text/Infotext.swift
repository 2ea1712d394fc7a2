/// What a picture was made with, as the PNG text `parameters` holds it in the grammar of the
/// Stable Diffusion web UI: the prompt, the negative prompt, then one line of `Key: value` pairs.
public struct Infotext: Sendable, Hashable {
  /// One setting.
  public struct Pair: Sendable, Hashable {
    /// The name, e.g. `CFG scale`.
    public var key: String
    /// The value as text, without quotes.
    public var value: String

    /// Makes a setting.
    public init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
  }

  /// The PNG keyword of this text.
  public static let keyword = "parameters"

  /// The prompt; it may have several lines.
  public var prompt: String
  /// The negative prompt; empty where there is none.
  public var negative: String
  /// The settings in their order.
  public var pairs: [Pair]

  /// Makes an infotext.
  public init(prompt: String, negative: String = "", pairs: [Pair]) {
    (self.prompt, self.negative, self.pairs) = (prompt, negative, pairs)
  }

  /// The value of a setting; the first of equal keys wins.
  public subscript(key: String) -> String? { pairs.first { $0.key == key }?.value }

  /// The infotext of a file: its first text with the keyword `parameters`, or `nil`.
  public init?(texts: [PNGText]) {
    guard let text = texts.first(where: { $0.keyword == Self.keyword }) else { return nil }
    self.init(parsing: text.text)
  }
}
