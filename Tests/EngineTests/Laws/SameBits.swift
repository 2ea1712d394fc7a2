import ResultFiles
import Testing

/// Compares numbers bit by bit; says where they first differ and by how much at most.
func expectSameBits(
  _ found: [Float], _ expected: [Float], _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
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

/// Compares latents and sums of runs bit by bit, record by record; `through` is the last one compared.
func expectSameRun(
  _ found: EditRig.Run, _ expected: EditRig.Run, through: Int? = nil, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let last = through ?? max(found.records.count, expected.records.count) - 1
  #expect(
    min(found.records.count, expected.records.count) > last, "\(what): not all passes are there",
    sourceLocation: sourceLocation)
  for (a, b) in zip(found.records, expected.records) where a.pass <= last {
    #expect(a.pass == b.pass, sourceLocation: sourceLocation)
    expectSameBits(
      a.latents, b.latents, "\(what), latents of record \(a.pass)", sourceLocation: sourceLocation)
    expectSameBits(
      a.sums, b.sums, "\(what), sums of record \(a.pass)", sourceLocation: sourceLocation)
  }
}

/// Whether two runs end in other latents: what a law says is equal means something only then.
func endApart(_ one: EditRig.Run, _ other: EditRig.Run) -> Bool {
  one.records.last?.latents != other.records.last?.latents
}
