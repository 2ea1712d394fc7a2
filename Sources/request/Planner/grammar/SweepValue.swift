import EditJobs

/// One value of an axis, exact and as it is shown.
enum SweepValue: Hashable, Sendable, CustomStringConvertible {
  /// An end of a window: a fraction of the steps, or steps.
  enum Bound: Hashable, Sendable, CustomStringConvertible {
    /// A fraction, 0…1.
    case fraction(ExactDecimal)
    /// A count of steps.
    case steps(Int)

    /// `0.5` or `12s`.
    var description: String {
      switch self {
      case .fraction(let number): number.description
      case .steps(let count): "\(count)s"
      }
    }

    /// The beginning of the run.
    static let start = Bound.fraction(ExactDecimal(0))
    /// Its end.
    static let end = Bound.fraction(ExactDecimal(1))

    var bound: Window.Bound {
      switch self {
      case .fraction(let number): .fraction(number.double)
      case .steps(let count): .steps(count)
      }
    }
  }

  /// A number.
  case number(ExactDecimal)
  /// A count of steps.
  case steps(Int)
  /// A window.
  case window(from: Bound, to: Bound)
  /// A weight that acts in a window alone.
  case weight(ExactDecimal, from: Bound, to: Bound)
  /// A text.
  case text(String)
  /// As without this axis.
  case standard

  /// The canonical text: `0.3`, `12s`, `[0.2,0.8]`, `2@[0.3,1]`, `default`, or the text itself.
  var description: String {
    switch self {
    case .number(let number): number.description
    case .steps(let count): "\(count)s"
    case .window(let from, let to): "[\(from),\(to)]"
    case .weight(let number, let from, let to) where from == .start: "\(number)@\(to)"
    case .weight(let number, let from, let to): "\(number)@[\(from),\(to)]"
    case .text(let text): text
    case .standard: "default"
    }
  }

  /// The window that the value means; `nil` for a text or `default`.
  var window: Window? {
    switch self {
    case .number(let number): Window(to: .fraction(number.double))
    case .steps(let count): Window(to: .steps(count))
    case .window(let from, let to), .weight(_, let from, let to):
      Window(from: from.bound, to: to.bound)
    case .text, .standard: nil
    }
  }

  /// The window in which a weight acts; `nil` for every step.
  var windowOfWeight: Window? {
    if case .weight = self { window } else { nil }
  }

  /// The number, of a weight too; `nil` for anything else.
  var number: ExactDecimal? {
    switch self {
    case .number(let number), .weight(let number, _, _): number
    case .steps, .window, .text, .standard: nil
    }
  }

  /// The end of a window that the value means; `nil` where it means none.
  var bound: Window.Bound? {
    switch self {
    case .number(let number): .fraction(number.double)
    case .steps(let count): .steps(count)
    case .window, .weight, .text, .standard: nil
    }
  }
}
