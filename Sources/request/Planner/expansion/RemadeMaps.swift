import EditJobs

/// Evaluations that make a source's maps again, while its variants run, where they are too many to be
/// stored: one conditional row a pass, for all variants that run at a time.
struct RemadeMaps {
  /// By model.
  private(set) var evaluations: [Digest: Int] = [:]
  /// What it would be if every variant ran from step 0.
  private(set) var plainEvaluations = 0

  /// - Parameter shared: steps that a variant does not run.
  init(
    _ submission: Submission, _ variants: [Submission.Variant], _ shared: [Key: Int],
    _ quota: Int64, _ lanes: (ModelFacts, SourceSpec) -> Int
  ) {
    let families = Dictionary(grouping: variants, by: \.source)
    for source in submission.sources {
      let spec = source.spec
      guard let variants = families[source.key], let facts = submission.facts(spec.model),
        facts.mapBytes(of: spec) > 0, facts.storedMapBytes(of: spec, quota: quota) == 0
      else { continue }
      let lanes = max(1, lanes(facts, spec))
      for step in 0..<spec.steps {
        let takers = variants.filter { $0.edit.takesMaps(step: step) }
        let passes = spec.sampler.passes(ofStep: step, of: spec.steps)
        func batches(_ count: Int) -> Int { count == 0 ? 0 : (count - 1) / lanes + 1 }
        evaluations[spec.model, default: 0] +=
          passes * batches(takers.count { shared[$0.key] ?? 0 <= step })
        plainEvaluations += passes * batches(takers.count)
      }
    }
  }
}
