import EditJobs
import Files
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
    var scheduler: SamplerKind
    var self_max: Int?
  }

  struct Edit: Decodable, Sendable {
    var prompt: String
    var mode: EditMethod
    var tau: [Double]
    var tau_words: [String: [Double]]
    var self_tau: [Double]
    var weights: [String: Double]
    var weight_tau: [Double]
    var blend: [[String]]?
    var blend_substract: [[String]]?
    var blend_threshold: [Double]
    var blend_start: Double
    var google: Bool

    var spec: EditSpec {
      EditSpec(
        prompt: prompt, method: mode, tau: window(tau), tauWords: tau_words.mapValues(window),
        selfTau: window(self_tau), weights: weights, weightWindow: window(weight_tau),
        blend: blend.map(blendSpec), compat: google ? .google : nil)
    }

    private func blendSpec(_ words: [[String]]) -> BlendSpec {
      let out = blend_substract ?? [[], []]
      return BlendSpec(
        words: .init(source: words[0], edit: words[1]),
        substract: .init(source: out[0], edit: out[1]), threshold: blend_threshold[0],
        substractThreshold: blend_threshold[1], start: .fraction(blend_start))
    }

    private func window(_ ends: [Double]) -> Window {
      Window(from: .fraction(ends[0]), to: .fraction(ends[1]))
    }
  }

  var file: String
  var model: String
  /// Rows and columns of the latents; the model's own where absent.
  var size: [Int]?
  var source: Source
  var edits: [Edit]
  /// What the model was called with, pass by pass.
  var timesteps: [Float]

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
