/// Turns `Encodable` values into `CanonicalJSON`.
final class CanonicalEncoder: Encoder {
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }
  private var node: Node = .value(.null)

  private enum Node {
    case value(CanonicalJSON)
    case object(ObjectBox)
    case array(ArrayBox)
  }

  init(codingPath: [any CodingKey]) { self.codingPath = codingPath }

  /// What was encoded.
  var value: CanonicalJSON {
    switch node {
    case .value(let value): value
    case .object(let box): .object(box.members.mapValues { $0() })
    case .array(let box): .array(box.elements.map { $0() })
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    let box: ObjectBox
    if case .object(let known) = node { box = known } else { box = ObjectBox() }
    node = .object(box)
    return KeyedEncodingContainer(KeyedBox<Key>(box: box, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    let box = ArrayBox()
    node = .array(box)
    return UnkeyedBox(box: box, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

  /// Members in the making; a nested container is asked for its value at the end.
  final class ObjectBox { var members: [String: () -> CanonicalJSON] = [:] }
  /// Elements in the making.
  final class ArrayBox { var elements: [() -> CanonicalJSON] = [] }

  static func leaf(_ value: some Encodable, at path: [any CodingKey]) throws -> CanonicalJSON {
    switch value {
    case let value as CanonicalJSON: return value
    case let value as Bool: return .bool(value)
    case let value as String: return .string(value)
    case let value as Double: return try number(value, at: path)
    case let value as Float: return try number(Double(value), at: path)
    case let value as UInt64: return .unsigned(value)
    case let value as UInt: return .unsigned(UInt64(value))
    case let value as any BinaryInteger: return .integer(Int64(value))
    default:
      let encoder = CanonicalEncoder(codingPath: path)
      try value.encode(to: encoder)
      return encoder.value
    }
  }

  private static func number(_ value: Double, at path: [any CodingKey]) throws -> CanonicalJSON {
    guard value.isFinite else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: path, debugDescription: "JSON has no \(value)"))
    }
    return .number(value)
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: CanonicalEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    func encodeNil() throws { encoder.node = .value(.null) }
    func encode(_ value: some Encodable) throws {
      encoder.node = .value(try CanonicalEncoder.leaf(value, at: codingPath))
    }
  }

  private struct KeyedBox<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: ObjectBox
    let codingPath: [any CodingKey]
    func encodeNil(forKey key: Key) throws { box.members[key.stringValue] = { .null } }
    func encode(_ value: some Encodable, forKey key: Key) throws {
      let leaf = try CanonicalEncoder.leaf(value, at: codingPath + [key])
      box.members[key.stringValue] = { leaf }
    }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
      -> KeyedEncodingContainer<Nested>
    {
      nested(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      nested(key).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { base() }
    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }
    private func nested(_ key: Key) -> CanonicalEncoder {
      let encoder = CanonicalEncoder(codingPath: codingPath + [key])
      box.members[key.stringValue] = { encoder.value }
      return encoder
    }
    private func base() -> CanonicalEncoder {
      let encoder = CanonicalEncoder(codingPath: codingPath)
      box.members["super"] = { encoder.value }
      return encoder
    }
  }

  private struct UnkeyedBox: UnkeyedEncodingContainer {
    let box: ArrayBox
    let codingPath: [any CodingKey]
    var count: Int { box.elements.count }
    func encodeNil() throws { box.elements.append { .null } }
    func encode(_ value: some Encodable) throws {
      let leaf = try CanonicalEncoder.leaf(value, at: codingPath)
      box.elements.append { leaf }
    }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type)
      -> KeyedEncodingContainer<Nested>
    {
      nested().container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    func superEncoder() -> any Encoder { nested() }
    private func nested() -> CanonicalEncoder {
      let encoder = CanonicalEncoder(codingPath: codingPath)
      box.elements.append { encoder.value }
      return encoder
    }
  }
}
