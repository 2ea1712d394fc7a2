import EditJobs
public import JobStore

/// A target's standing as JSON.
public struct StandingJSON: Encodable, Sendable {
  var target: String
  var state: String
  var cells: [String: Int]
  var stepsDone: Int
  var stepsTotal: Int

  /// Shows how a target stands.
  public init(target: String, standing: Standing) {
    (self.target, state) = (target, standing.word)
    cells = Dictionary(uniqueKeysWithValues: standing.cells.map { ($0.key.rawValue, $0.value) })
    (stepsDone, stepsTotal) = (standing.stepsDone, standing.stepsTotal)
  }

  private enum CodingKeys: String, CodingKey {
    case target, state, cells
    case stepsDone = "steps_done"
    case stepsTotal = "steps_total"
  }
}

extension Standing {
  /// `15 done, 1 failed`.
  public var sentence: String {
    let parts = UnitState.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
    return parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
  }
}
