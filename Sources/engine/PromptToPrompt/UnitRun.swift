import EditJobs
import Files
import Layers
public import StableDiffusion
import Tensors

/// A source or a variant between two passes, as a value: all that its next pass needs.
public struct UnitRun: Sendable {
  /// Latents, the solver's memory, passes done.
  public internal(set) var run: DenoisingRun
  /// The sum over complete steps of the mean maps.
  public internal(set) var sum: RunningSum
  /// What the last pass took from the source.
  public internal(set) var injected: InjectionReport

  /// Makes a unit that stands where a record says.
  public init(run: DenoisingRun, sum: RunningSum, injected: InjectionReport) {
    (self.run, self.sum, self.injected) = (run, sum, injected)
  }

  /// Passes done.
  public var pass: Int { run.pass }

  /// Refuses latents that are not numbers any more.
  ///
  /// Throws `nan-in-latents` with the step.
  func checkFinite(_ setting: SourceSetting) throws(EditError) {
    guard !setting.backend.allFinite(run.latents) else { return }
    guard pass > 0 else {
      throw EditError(
        "nan-in-latents", .failed, "the latents of the photograph's inversion are not finite",
        details: ["step \(pass + setting.spec.inversionSteps) of \(setting.spec.inversionSteps)"],
        hint: "another prompt for the photograph, or more steps")
    }
    let step = setting.denoiser.position(pass - 1).step
    throw EditError(
      "nan-in-latents", .failed, "the latents are not finite after step \(step)",
      details: ["step \(step) of \(setting.spec.steps), pass \(pass) of \(setting.passes)"],
      hint: "smaller weights or a smaller guidance scale")
  }
}
