import Foundation

/// Numbers that stand at a scale bar.
public enum ScaleTicks {
  /// Round numbers from 0 up, and the end of the scale, which need not be round.
  ///
  /// They are 1, 2 or 5 times a power of ten apart, at most six to the end; a round number
  /// that would touch the end's is left out.
  public static func values(to end: Double) -> [Double] {
    guard end > 0, end.isFinite else { return [0] }
    let power: Double = pow(10, log10(end / 4).rounded(.down))
    let factors: [Double] = [1, 2, 5, 10]
    let step = power * (factors.first { end / (power * $0) <= 6 } ?? 10)
    var round = [0.0]
    while let last = round.last, last + step < end - 0.6 * step { round.append(last + step) }
    return round + [end]
  }
}
