import Foundation
import Testing
import TestInstruments

/// One kind of fault, many times: how often, from which seed, and what came of it.
///
/// `P2P_FAULTS=full` asks for the full numbers, `P2P_FAULTS_RUNS` for another number,
/// `P2P_FAULTS_SEED` for the same random choices again; `P2P_FAULTS_TABLE` is a file that gets one
/// line a campaign. `script/faults` sets them.
struct Campaign {
  static let environment = ProcessInfo.processInfo.environment
  static let isFull = environment["P2P_FAULTS"] == "full"

  let name: String
  /// How often the fault is made.
  let runs: Int
  let seed: UInt64
  var random: SeededRandom
  /// Faults that met a unit between its first and last step.
  var inside = 0
  /// What must hold and did not.
  var problems: [String] = []
  /// What else a reader of the table should know.
  var remarks: [String] = []
  private let start = ContinuousClock.now

  init(_ name: String, full: Int, short: Int) {
    self.name = name
    let asked = Self.environment["P2P_FAULTS_RUNS"].flatMap { Int($0) }
    runs = asked ?? (Self.isFull ? full : short)
    seed =
      Self.environment["P2P_FAULTS_SEED"].flatMap { UInt64($0) }
      ?? SeededRandom.drawn()[0]
    random = SeededRandom(seed: seed)
  }

  /// Notes what must hold.
  mutating func check(_ holds: Bool, _ problem: @autoclosure () -> String) {
    if !holds { problems.append(problem()) }
  }

  /// Waits a random time.
  mutating func pause(_ range: ClosedRange<Double>) async throws {
    try await Task.sleep(for: .seconds(Double.random(in: range, using: &random)))
  }

  /// Writes the line of the table and fails the test where something did not hold.
  func conclude(
    _ held: String, faults: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let seconds = start.duration(to: .now).inWholeSeconds
    let verdict = problems.isEmpty ? held : "FAILED: " + problems.prefix(3).joined(separator: "; ")
    let line = [
      name, "\(faults ?? runs)", inside > 0 ? "\(inside)" : "–",
      ([verdict] + remarks).joined(separator: "; "), "\(seconds)", "\(seed)",
    ].map { $0.replacing("\n", with: " ").replacing("\t", with: " ") }.joined(separator: "\t")
    print("fault campaign: \(line.replacing("\t", with: " | "))")
    if let path = Self.environment["P2P_FAULTS_TABLE"] {
      let table = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      try (table + line + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    for problem in problems.prefix(20) {
      Issue.record(
        "\(problem) (script/faults --campaign \(name) --seed \(seed) --runs \(runs))",
        sourceLocation: sourceLocation)
    }
  }
}

extension Duration {
  /// Seconds, rounded up.
  var inWholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}

/// The campaigns, one after the other; each is a test and a line of the table.
@Suite(.serialized) struct FaultTests {}
