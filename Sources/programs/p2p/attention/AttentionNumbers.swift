import Foundation
import PromptAlignment
import RunMeasures

/// Heat maps as numbers at the resolution of the records: pictures × spans × words × rows × columns.
struct AttentionNumbers {
  let array: NumpyArray
  private let document: Document

  init(_ maps: AttentionMaps) {
    let units = maps.subject.units
    let size = maps.tokens[0][0]
    let nothing = [Float](repeating: .nan, count: size.rows * size.columns)
    let places =
      maps.words.map { words in units.indices.map { unit in words.map { $0.places[unit] } } }
      ?? Self.everyToken(units, window: size.tokens)
    var values: [Float] = []
    for unit in units.indices {
      for span in maps.thirds.indices {
        for place in places[unit] {
          values += place.map { maps.map(unit, span, $0.tokens).values } ?? nothing
        }
      }
    }
    let count = places.first?.count ?? 0
    array = NumpyArray(
      shape: [units.count, maps.thirds.count, count, size.rows, size.columns], values: values)
    document = Document(
      axes: ["picture", "steps", maps.words == nil ? "token" : "word", "row", "column"],
      pictures: zip(units, places).map { unit, places in
        .init(
          role: unit.role, unit: unit.name, prompt: unit.prompt.text,
          words: places.map { $0?.text ?? "" }, tokens: places.map { $0?.tokens ?? [] })
      },
      steps: maps.thirds.indices.map { maps.name($0) },
      words: maps.words.map { $0.map(\.query) },
      unit: maps.quantity)
  }

  private static func everyToken(
    _ units: [AttentionUnit], window: Int
  ) -> [[AttentionWord.Place?]] {
    units.map { unit in
      (0..<window).map { token in
        let text =
          token < unit.prompt.end
          ? unit.prompt.text(of: [token]) : token == unit.prompt.end ? "(end)" : "(padding)"
        return .init(text: text, tokens: [token])
      }
    }
  }

  /// The names of the axes and of what lies along them.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    struct Picture: Encodable {
      var role: String
      var unit: String
      var prompt: String
      /// Along the third axis; empty where the prompt has no such word.
      var words: [String]
      var tokens: [[Int]]
    }

    var schema = "p2p.attn/1"
    var axes: [String]
    var pictures: [Picture]
    var steps: [String]
    var words: [String]?
    var unit: String
  }
}
