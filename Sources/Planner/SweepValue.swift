import EditJobs

/// One value of an axis, exact and as it is shown.
public enum SweepValue: Hashable, Sendable, CustomStringConvertible {
  /// An end of a window: a fraction of the steps, or steps.
  public enum Bound: Hashable, Sendable, CustomStringConvertible {
    /// A fraction, 0…1.
    case fraction(ExactDecimal)
    /// A count of steps.
    case steps(Int)

    /// `0.5` or `12s`.
    public var description: String {
      switch self {
      case .fraction(let number): number.description
      case .steps(let count): "\(count)s"
      }
    }

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
  /// A text.
  case text(String)
  /// As without this axis.
  case standard

  /// The canonical text: `0.3`, `12s`, `[0.2,0.8]`, `default`, or the text itself.
  public var description: String {
    switch self {
    case .number(let number): number.description
    case .steps(let count): "\(count)s"
    case .window(let from, let to): "[\(from),\(to)]"
    case .text(let text): text
    case .standard: "default"
    }
  }

  /// The window that the value means; `nil` for a text or `default`.
  var window: Window? {
    switch self {
    case .number(let number): Window(to: .fraction(number.double))
    case .steps(let count): Window(to: .steps(count))
    case .window(let from, let to): Window(from: from.bound, to: to.bound)
    case .text, .standard: nil
    }
  }

  /// The number; `nil` for anything else.
  var number: ExactDecimal? {
    if case .number(let number) = self { number } else { nil }
  }
}
