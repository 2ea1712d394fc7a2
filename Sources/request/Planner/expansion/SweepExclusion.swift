/// An entry of `exclude`: the cells that match all of its members are left out.
public struct SweepExclusion: Hashable, Sendable, CustomStringConvertible {
  /// One member: the values of an axis that match.
  struct Member: Hashable, Sendable {
    /// The axis.
    var kind: AxisKind
    /// The values, any of which matches; numbers are compared as decimals.
    var values: [SweepValue]
  }

  /// The members.
  var members: [Member]

  /// The entry as it is written on the command line: `tau=1,w:crown=2`.
  public var description: String {
    members.map { member in
      "\(member.kind.name)=\(member.values.map(\.description).joined(separator: ","))"
    }.joined(separator: ",")
  }

  /// Whether what holds in a cell matches all members.
  func matches(_ values: [AxisKind: SweepValue]) -> Bool {
    members.allSatisfy { member in
      values[member.kind].map(member.values.contains) ?? false
    }
  }
}
