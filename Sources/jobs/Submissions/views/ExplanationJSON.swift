import EditJobs
import JobStore
import PromptAlignment
import RunMeasures

/// An explanation for programs.
public struct ExplanationJSON: Encodable, Sendable {
  var schema = "p2p.explanation/1"
  var variant: String
  var source: String
  var state: String
  /// Why it waits for a time, or its source does; absent where neither does.
  var waits: String?
  var prompt: String
  var edit_prompt: String
  var sampler: String
  var dtype: ComputeType
  var numerics: Numerics
  /// The photograph that the source began with; absent for a seed's noise.
  var photograph: Photograph?
  var edit: ResolvedEdit
  /// Ends of the cross window as fractions, and counted from the other end as the paper does.
  var tau: [Double]
  var paper_tau: [Double]
  var alignment: AlignmentTable?
  var groups: [SiteGroup]
  var injected: Int?
  var steps: [RunExplanation.Step]?
  var measures: Measures?

  /// Shows an explanation.
  public init(_ it: Explanation) {
    let steps = Double(max(it.edit.steps, 1))
    variant = it.unit.key.description
    source = it.unit.source?.description ?? ""
    (state, prompt) = (it.unit.state.rawValue, it.source.prompt)
    (edit_prompt, sampler, edit) = (it.edit.prompt, it.source.sampler.rawValue, it.edit)
    (photograph, dtype, numerics) = (it.source.photograph, it.source.compute, it.source.numerics)
    waits = it.waits
    tau = [it.edit.cross.from, it.edit.cross.to].map { Double($0) / steps }
    paper_tau = tau.map { 1 - $0 }
    (alignment, groups, measures) = (it.alignment, it.groups, it.measures)
    (injected, self.steps) = (it.run?.injected, it.run?.steps)
  }
}
