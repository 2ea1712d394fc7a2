import EditJobs
import Files
import Foundation
import GRDB

extension Key {
  /// The bytes as the table keeps them.
  var data: Data { digest.data }
}

extension Digest {
  /// The bytes as the table keeps them.
  var data: Data { Data(bytes) }
}

extension Row {
  /// A key; rows are untrusted, so a bad one is an error and no trap.
  func key(_ column: String) throws -> EditJobs.Key { EditJobs.Key(try digest(column)) }

  func digest(_ column: String) throws -> EditJobs.Digest {
    let data: Data? = self[column]
    guard let digest = EditJobs.Digest(bytes: Array(data ?? Data())) else {
      throw EditError("job-table-damaged", .io, "\(column) is not 32 bytes")
    }
    return digest
  }

  func value<Value: RawRepresentable>(_ column: String) throws -> Value
  where Value.RawValue == String {
    let text: String = self[column]
    guard let value = Value(rawValue: text) else {
      throw EditError("job-table-damaged", .io, "\(column) is \(text)")
    }
    return value
  }

  /// A value that is kept as JSON.
  func json<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
    let text: String = self[column]
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw EditError("job-table-damaged", .io, "\(column) cannot be read: \(error)")
    }
  }
}

/// JSON with sorted names: equal values give equal texts.
func sortedJSON(_ value: some Encodable) throws(EditError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
    throw EditError("not-json", .software, "\(error)")
  }
}
