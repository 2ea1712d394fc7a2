import Testing

/// Compares numbers bit by bit; says where they first differ and by how much at most.
func expectSameBits(
  _ found: [Float], _ expected: [Float], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let what = what + TestedDevice.current.remark
  guard found.count == expected.count else {
    Issue.record(
      "\(what): \(found.count) numbers instead of \(expected.count)",
      sourceLocation: sourceLocation)
    return
  }
  let pairs = zip(found, expected)
  guard let first = pairs.enumerated().first(where: { $1.0.bitPattern != $1.1.bitPattern }) else {
    return
  }
  let largest = pairs.reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
  Issue.record(
    """
    \(what): first differs at \(first.offset): \(first.element.0) instead of \
    \(first.element.1); largest difference \(largest)
    """, sourceLocation: sourceLocation)
}
