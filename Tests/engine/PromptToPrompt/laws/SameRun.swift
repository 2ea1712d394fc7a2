import ResultFiles
import RunMeasures
import Testing

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
