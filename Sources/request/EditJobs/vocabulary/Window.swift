public import Files

/// A half-open stretch of a run as requested, `[from, to)`, in fractions of its steps or in steps.
///
/// Written `0.8` (from 0 to 0.8), `[0.2, 0.8]` or, in steps, `12s`; a number is a fraction whatever
/// its JSON type is, so `1` is the whole run. The paper counts its τ from the other end: its τ/T is
/// 1 − tau here.
public struct Window: Hashable, Sendable {
  /// One end of a window.
  public enum Bound: Hashable, Sendable {
    /// A fraction of the steps, 0…1.
    case fraction(Double)
    /// A number of steps.
    case steps(Int)
  }

  /// Where it begins.
  public var from: Bound
  /// Where it ends; the step there is outside.
  public var to: Bound

  /// Makes a window.
  public init(from: Bound = .fraction(0), to: Bound) { (self.from, self.to) = (from, to) }

  /// The default of `tau`: the first 80 % of the steps.
  public static let defaultTau = Window(to: .fraction(0.8))
  /// The default of `self_tau`: the first 40 % of the steps.
  public static let defaultSelfTau = Window(to: .fraction(0.4))
  /// No step at all.
  public static let empty = Window(to: .fraction(0))
  /// Every step.
  public static let whole = Window(to: .fraction(1))

  /// The window in steps of a run of `steps` steps; a fraction f becomes ⌊f·steps + 1e-9⌋.
  ///
  /// - Throws: `window-outside` where an end is outside the run, `window-reversed` where the ends are
  ///   in the wrong order; `name` is what the message calls the window.
  public func resolved(steps: Int, name: String) throws(EditError) -> StepWindow {
    let (first, last) = (
      try Self.step(of: from, steps: steps, name: name),
      try Self.step(of: to, steps: steps, name: name)
    )
    guard first <= last else {
      throw EditError(
        "window-reversed", .data, "\(name) ends before it begins: \(self)",
        hint: "[\(Self.text(to)), \(Self.text(from))]")
    }
    return StepWindow(first, last)
  }

  private static func step(of bound: Bound, steps: Int, name: String) throws(EditError) -> Int {
    switch bound {
    case .fraction(let fraction) where fraction >= 0 && fraction <= 1:
      return Int((fraction * Double(steps) + 1e-9).rounded(.down))
    case .fraction:
      throw EditError(
        "window-outside", .data, "\(name) is outside 0…1: \(text(bound))",
        hint: "a count of steps is written 12s")
    case .steps(let count) where (0...steps).contains(count): return count
    case .steps:
      throw EditError(
        "window-outside", .data, "\(name) is outside the run of \(steps) steps: \(text(bound))")
    }
  }

  static func text(_ bound: Bound) -> String {
    switch bound {
    case .fraction(let fraction): "\(fraction)"
    case .steps(let count): "\(count)s"
    }
  }
}

extension Window: CustomStringConvertible {
  /// The window as it is written in requests.
  public var description: String {
    from == .fraction(0) ? Self.text(to) : "[\(Self.text(from)), \(Self.text(to))]"
  }
}

/// A half-open stretch of steps, `[from, to)`; in JSON `[from, to]`.
public struct StepWindow: Hashable, Sendable, Codable {
  /// The first step inside.
  public var from: Int
  /// The first step after it.
  public var to: Int

  /// Makes a window.
  public init(_ from: Int, _ to: Int) { (self.from, self.to) = (from, to) }

  /// Whether a step lies inside.
  public func contains(_ step: Int) -> Bool { from <= step && step < to }
  /// Whether no step lies inside.
  public var isEmpty: Bool { from >= to }

  /// Reads `[from, to]`.
  public init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    (from, to) = (try list.decode(Int.self), try list.decode(Int.self))
  }

  /// Writes `[from, to]`.
  public func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    try list.encode(from)
    try list.encode(to)
  }
}
