import FoundationEssentials
import Glibc

/// The fields of a JSON config file, each with the default that diffusers gives it.
struct ConfigFile {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Fields: Decodable {
    var container: KeyedDecodingContainer<Name>
    init(from decoder: any Swift.Decoder) throws {
      container = try decoder.container(keyedBy: Name.self)
    }
  }

  /// More than any config takes.
  private static let longest = 8 << 20

  let path: String
  private let fields: Fields

  init(_ path: String) throws {
    self.path = path
    fields = try Self.decode(Fields.self, from: path)
  }

  /// Fields of a text that is no file; errors call it `name`.
  init(text: String, name: String) throws {
    path = name
    fields = try Self.decode(Fields.self, Data(text.utf8), name)
  }

  /// Decodes a JSON file of at most a few megabytes; links are followed.
  static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw ModelError(
        .missing, file: path, what: "the file is not there",
        hint: "name a folder in the diffusers layout, with model_index.json at its top")
    }
    guard facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= longest else {
      throw ModelError(.damaged, file: path, what: "it is no file of at most \(longest) bytes")
    }
    return try decode(type, (try? Data(contentsOf: URL(filePath: path))) ?? Data(), path)
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ json: Data, _ path: String
  ) throws -> Value {
    do {
      let decoder = JSONDecoder()
      // Python writes NaN, Infinity and -Infinity, which are no JSON.
      decoder.allowsJSON5 = true
      return try decoder.decode(type, from: json)
    } catch {
      throw ModelError(
        .damaged, file: path, what: "it cannot be read as the JSON object that belongs there",
        hint: "copy or download the file again")
    }
  }

  /// Whether a field is there and not null.
  func has(_ name: String) -> Bool {
    let key = Name(stringValue: name)
    return fields.container.contains(key)
      && (try? fields.container.decodeNil(forKey: key)) != true
  }

  /// Whether a field is there and null.
  func isNull(_ name: String) -> Bool {
    fields.container.contains(Name(stringValue: name)) && !has(name)
  }

  /// The names of all fields.
  var names: [String] { fields.container.allKeys.map(\.stringValue) }

  /// A field of whatever type; null where it is absent.
  func value(_ name: String) -> ConfigValue {
    (try? fields.container.decode(ConfigValue.self, forKey: Name(stringValue: name))) ?? .null
  }

  /// A field, or `nil` where it is absent or null; throws where its type is another.
  func optional<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws -> Value? {
    do {
      return try fields.container.decodeIfPresent(Value.self, forKey: Name(stringValue: name))
    } catch {
      throw wrong(name, "the value is not \(Self.kind(of: Value.self))")
    }
  }

  private static func kind(of type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type, is Float.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is [Int].Type: "a list of whole numbers"
    case is [Double].Type: "a list of numbers"
    case is [String].Type: "a list of texts"
    default: "what belongs there"
    }
  }

  /// A field, or `fallback` where it is absent or null; throws where its type is another.
  func callAsFunction<Value: Decodable>(_ name: String, _ fallback: Value) throws -> Value {
    try optional(name) ?? fallback
  }

  /// A finite number, or `fallback` where it is absent or null.
  func number<Value: Decodable & BinaryFloatingPoint>(
    _ name: String, _ fallback: Value
  ) throws -> Value {
    let value = try self(name, fallback)
    guard value.isFinite else { throw wrong(name, "\(value) is no number that can be used") }
    return value
  }

  /// More channels, tokens or the like than any model has.
  private static let largest = 1 << 20
  /// More layers in a row than any model has.
  static let mostLayers = 256
  /// More levels than any model has.
  private static let mostLevels = 10

  /// A positive whole number, or `fallback` where it is absent or null.
  func count(_ name: String, _ fallback: Int, upTo most: Int = Self.largest) throws -> Int {
    let value = try self(name, fallback)
    guard (1...most).contains(value) else {
      throw wrong(name, "\(value) is no number from 1 to \(most)")
    }
    return value
  }

  /// The channels of each level, or `fallback` where they are absent or null; never empty.
  func channels(_ name: String, _ fallback: [Int]) throws -> [Int] {
    let values = try self(name, fallback)
    guard !values.isEmpty, values.count <= Self.mostLevels else {
      throw wrong(name, "\(values.count) levels; a model has 1 to \(Self.mostLevels)")
    }
    guard values.allSatisfy({ (1...Self.largest).contains($0) }) else {
      throw wrong(name, "\(values) are no numbers from 1 to \(Self.largest)")
    }
    return values
  }

  /// A field that is one number for all `levels`, or a list with one for each.
  func perLevel(
    _ name: String, _ fallback: Int, levels: Int, upTo most: Int = Self.largest
  ) throws -> [Int] {
    if let list = try? optional(name, as: [Int].self) {
      guard list.count == levels, list.allSatisfy({ (1...most).contains($0) }) else {
        throw wrong(
          name, "\(list.prefix(20)) are not \(levels) numbers from 1 to \(most), one for each level"
        )
      }
      return list
    }
    return Array(repeating: try count(name, fallback, upTo: most), count: levels)
  }

  /// Refuses a field whose value is not the only one that this program runs.
  func require<Value: Decodable & Equatable>(_ name: String, _ only: Value) throws {
    guard let value = try optional(name, as: Value.self), value != only else { return }
    throw unsupported(name, "\(value) is not supported, only \(only)")
  }

  /// Refuses a field that is there and not null.
  func requireAbsent(_ name: String) throws {
    guard has(name) else { return }
    throw unsupported(name, "models with this field are not supported")
  }

  func wrong(_ name: String, _ what: String) -> ModelError {
    ModelError(.damaged, file: path, key: name, what: what)
  }

  func unsupported(
    _ name: String, _ what: String,
    hint: String = "use a text-to-image model of Stable Diffusion 1.x, 2.x or XL"
  ) -> ModelError {
    ModelError(.unsupported, file: path, key: name, what: what, hint: hint)
  }
}
