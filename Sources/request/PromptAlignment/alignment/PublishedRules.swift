import EditJobs
import Files

/// Where the original code's rules differ from ours (`compat: google`): it replays published results
/// of DDIM. Its mappers are in the alignments.
extension Window {
  /// The window as the original code cuts it: a fraction f becomes `int(f · count)`, without care for
  /// numbers that are not exact in binary, where `count` is S + 1 for cross-attention and S for
  /// self-attention. Ends beyond the run are the run's.
  ///
  /// - Throws: as `resolved(steps:name:)`.
  func published(count: Int, steps: Int, name: String) throws(EditError) -> StepWindow {
    _ = try resolved(steps: steps, name: name)
    return StepWindow(Self.published(from, count, steps), Self.published(to, count, steps))
  }

  private static func published(_ bound: Bound, _ count: Int, _ steps: Int) -> Int {
    switch bound {
    case .fraction(let fraction): min(steps, Int(fraction * Double(count)))
    case .steps(let number): number
    }
  }
}

extension ResolvedEdit {
  /// A weight as it acts in the original code: on the injected map alone, so only while the token's
  /// gate is open; `nil` where that is never.
  func gated(_ weight: TokenWeight) -> TokenWeight? {
    let gate = crossTokens.first { $0.token == weight.token }?.window ?? cross
    let window = StepWindow(
      max(gate.from, weight.window.from), min(gate.to, weight.window.to))
    guard !window.isEmpty else { return nil }
    return TokenWeight(token: weight.token, value: weight.value, window: window)
  }
}
