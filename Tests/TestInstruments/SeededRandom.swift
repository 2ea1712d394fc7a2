import Foundation

/// Random numbers that a seed repeats, the same everywhere: SplitMix64 (Steele, Lea and Flood 2014).
///
/// A random test takes its seeds as arguments, so what fails is printed with its seed; `P2P_SEED=N` runs
/// it with that seed alone.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Begins the numbers of a seed.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// What `P2P_SEED` says; `nil` where it is not set.
  private static let asked = ProcessInfo.processInfo.environment["P2P_SEED"].flatMap { UInt64($0) }

  /// The seeds of a test: these, or the one that is asked for.
  public static func seeds(_ usual: Range<UInt64>) -> [UInt64] {
    asked.map { [$0] } ?? Array(usual)
  }

  /// A seed that nobody chose, another one each time, or the one that is asked for.
  public static func drawn() -> [UInt64] { [asked ?? UInt64.random(in: 0...999_999_999)] }
}
