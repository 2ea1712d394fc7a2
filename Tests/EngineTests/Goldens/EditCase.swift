import EditJobs
import Foundation
import Testing

/// A source and its edits that PyTorch ran: one entry of `Fixtures/edits/index.json`.
struct EditCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Source: Decodable, Sendable {
    var prompt: String
    var seed: UInt64
    var steps: Int
    var guidance: Double
    var negative: String
  }

  struct Edit: Decodable, Sendable {
    var prompt: String
    var mode: EditMethod
    var tau: [Double]
    var tau_words: [String: [Double]]
    var self_tau: [Double]
    var weights: [String: Double]
    var weight_tau: [Double]

    var spec: EditSpec {
      EditSpec(
        prompt: prompt, method: mode, tau: window(tau), tauWords: tau_words.mapValues(window),
        selfTau: window(self_tau), weights: weights, weightWindow: window(weight_tau))
    }

    private func window(_ ends: [Double]) -> Window {
      Window(from: .fraction(ends[0]), to: .fraction(ends[1]))
    }
  }

  var file: String
  var model: String
  var source: Source
  var edits: [Edit]

  var testDescription: String { file }
  /// Whether injectable sites round to float16.
  var precision: MapsPrecision { file.hasSuffix("f16") ? .f16 : .f32 }

  /// All cases of the index; empty where it cannot be read, which a test notices.
  static let all: [EditCase] = {
    let data = try? Data(contentsOf: URL(fileURLWithPath: fixture("edits/index.json")))
    return data.flatMap { try? JSONDecoder().decode([EditCase].self, from: $0) } ?? []
  }()

  /// The case of this file.
  static func named(_ file: String) throws -> EditCase {
    guard let found = all.first(where: { $0.file == file }) else {
      throw EditError("no-case", .missing, "no case \(file)")
    }
    return found
  }
}
