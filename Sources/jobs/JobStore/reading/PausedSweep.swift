/// A sweep that is paused.
public struct PausedSweep: Sendable, Hashable {
  /// Its number.
  public var id: Int64
  /// Its name.
  public var name: String
}

extension [PausedSweep] {
  /// What waits, and what lets it go on; for people who wait for it.
  public var sentence: String {
    let names = map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
    let ids = map { String($0.id) }.joined(separator: " ")
    return "\(count == 1 ? "sweep" : "sweeps") \(names) \(count == 1 ? "is" : "are") paused; "
      + "p2p resume \(ids) goes on"
  }
}
