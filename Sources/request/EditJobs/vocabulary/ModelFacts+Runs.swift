public import Files

/// Which runs a model can make: what its worker would refuse.
extension ModelFacts {
  /// The most steps that a request may ask for.
  public static let mostSteps = 1000

  /// Refuses a number of steps that a sampler cannot make with the model's noise schedule.
  ///
  /// - Throws: `steps-impossible` with the nearest number that is.
  public func check(steps: Int, sampler: SamplerKind) throws(EditError) {
    guard let ranges = possibleSteps?[sampler.rawValue],
      !ranges.contains(where: { $0.contains(steps) })
    else { return }
    let legal = ranges.map { $0.from == $0.to - 1 ? "\($0.from)" : "\($0.from) to \($0.to - 1)" }
    let ends = ranges.flatMap { [$0.from, $0.to - 1] }
    let nearest = ends.min { abs($0 - steps) < abs($1 - steps) }
    throw EditError(
      "steps-impossible", .data,
      "\(steps) steps are not possible with \(sampler.title): the model was not trained for them",
      details: ["possible: " + (legal.isEmpty ? "none" : legal.joined(separator: ", "))],
      hint: nearest.map { "--steps \($0)" } ?? "another --sampler")
  }

  /// Refuses an edit whose only open windows are those of self-attention where no site takes part.
  ///
  /// The facts must be of the source's picture size.
  /// - Throws: `nothing-to-inject` with a limit that lets a site in.
  public func checkInjection(_ edit: ResolvedEdit, selfMax: Int?) throws(EditError) {
    guard !edit.selfWindow.isEmpty else { return }
    let queries = sites.filter { $0.name.kind == .selfAttention }.map { $0.rows * $0.columns }
    let limit = selfMax.map { $0 * $0 } ?? controlRows * controlColumns
    guard let smallest = queries.min(), smallest > limit, !edit.injectsCross else { return }
    var side = 1
    while side * side < smallest { side += 1 }
    throw EditError(
      "nothing-to-inject", .data,
      "nothing of the source would enter the edit \"\(edit.prompt)\": only self_tau is open, and no "
        + "self-attention site has at most \(limit) queries",
      details: ["the smallest site has \(smallest)"], hint: "--self-max \(side)")
  }
}
