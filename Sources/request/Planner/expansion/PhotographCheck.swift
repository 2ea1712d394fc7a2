import EditJobs
import Files

extension SweepRequest {
  /// The most steps of a run that has an inversion before it.
  static let mostInversionSteps = 500

  /// Refuses what has no meaning beside a photograph, or without one.
  ///
  /// - Throws: `no-photograph`, `photograph-seed`, `inversion-sampler`, `inversion-negative`,
  ///   `inversion-steps`, with their places in a file.
  func checkPhotograph(_ grid: CellGrid) throws(EditError) {
    guard !images.isEmpty else {
      guard inversion != nil else { return }
      try refuse(
        "inversion", "no-photograph", "inversion is for photographs, and there is none",
        "--image FILE")
      return
    }
    if !grid.texts(of: .seed).isEmpty {
      try refuse(
        "seed", "photograph-seed", "a photograph has no seed: its noise is found by inversion",
        "leave the seed out")
    }
    let samplers = grid.texts(of: .sampler).compactMap(SamplerKind.init(rawValue:))
    if let other = samplers.first(where: { !$0.inverts }) {
      try refuse(
        "sampler", "inversion-sampler", "a photograph cannot be inverted by \(other.title)",
        "--sampler ddim")
    }
    if inversion == .negativePrompt, grid.texts(of: .negative).contains(where: { !$0.isEmpty }) {
      try refuse(
        "negative", "inversion-negative",
        "negative-prompt inversion has the source prompt as its negative prompt",
        "leave the negative prompt out, or --inversion direct")
    }
    let steps = grid.values(of: .steps).map { ModelPlan.steps($0) }.max() ?? 0
    if steps > Self.mostInversionSteps {
      try refuse(
        "steps", "inversion-steps",
        "a photograph is inverted in at most \(Self.mostInversionSteps) steps, not \(steps)",
        "--steps 50")
    }
  }

  private func refuse(
    _ setting: String, _ code: String, _ what: String, _ hint: String
  ) throws(EditError) {
    try located(setting) { () throws(EditError) in
      throw EditError(code, .data, what, hint: hint)
    }
  }
}
