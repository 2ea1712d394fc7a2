/// Which solver walks from noise to picture, by the name that requests and keys use.
///
/// The one list of them, with what programs without the engine must know. The solver itself is a file in
/// `StableDiffusion/sampling`.
public enum SamplerKind: String, Codable, Sendable, CaseIterable {
  /// Song et al. 2021, η = 0.
  case ddim
  /// Liu et al. 2022, as PLMS: a linear multistep method without Runge-Kutta steps.
  case pndm
  /// Karras et al. 2022, algorithm 2 without noise.
  case euler
  /// Lu et al. 2022, DPM-Solver++ of order 2, multistep.
  case dpmpp2M = "dpmpp_2m"

  private var facts: Facts {
    switch self {
    case .ddim: Facts("DDIM", also: ["DDIMScheduler"], inverts: true)
    case .pndm: Facts("PLMS", also: ["PNDMScheduler"], passesOfFirstStep: 2, remembers: 3)
    case .euler: Facts("Euler", also: ["EulerDiscreteScheduler", "k_euler", "sample_euler"])
    case .dpmpp2M:
      Facts(
        "DPM++ 2M",
        also: ["DPMSolverMultistepScheduler", "k_dpmpp_2m", "sample_dpmpp_2m", "DPM-Solver++ 2M"],
        remembers: 1)
    }
  }
}

/// What is known of a sampler outside the engine.
private struct Facts {
  var title: String
  var spellings: [String]
  var passesOfFirstStep: Int
  var remembers: Int
  var inverts: Bool

  init(
    _ title: String, also spellings: [String], passesOfFirstStep: Int = 1, remembers: Int = 0,
    inverts: Bool = false
  ) {
    (self.title, self.spellings, self.inverts) = (title, spellings, inverts)
    (self.passesOfFirstStep, self.remembers) = (passesOfFirstStep, remembers)
  }
}

extension SamplerKind {
  /// The name that people know, as published programs write it into their pictures.
  public var title: String { facts.title }

  /// The sampler of a published spelling: its own name, its title, diffusers' and k-diffusion's.
  ///
  /// Case, spaces, `-` and `_` do not matter; `nil` for names that mean something else, as another
  /// spacing of the noise.
  public init?(spelling text: String) {
    func plain(_ text: String) -> String { text.lowercased().filter { !" -_".contains($0) } }
    let wanted = plain(text)
    let found = Self.allCases.first { kind in
      ([kind.rawValue, kind.title] + kind.facts.spellings).contains { plain($0) == wanted }
    }
    guard let found else { return nil }
    self = found
  }

  /// The most tensors of the latents' size that a run carries from pass to pass beside the latents.
  public var rememberedLatents: Int { facts.remembers }

  /// Whether it can be run from a picture to its noise.
  public var inverts: Bool { facts.inverts }

  /// Model calls of one step in a run of `steps` steps.
  ///
  /// PLMS begins with a step of two passes, unless that step is the only one.
  public func passes(ofStep step: Int, of steps: Int) -> Int {
    step == 0 && steps > 1 ? facts.passesOfFirstStep : 1
  }

  /// Model calls of a whole run.
  public func passes(steps: Int) -> Int { passes(completing: steps, of: steps) }

  /// Model calls after which the first steps of a run are complete.
  public func passes(completing step: Int, of steps: Int) -> Int {
    (0..<max(step, 0)).reduce(0) { $0 + passes(ofStep: $1, of: steps) }
  }

  /// Steps that are complete after some passes of a run.
  public func completeSteps(after passes: Int, of steps: Int) -> Int {
    var (left, step) = (passes, 0)
    while step < steps, left >= self.passes(ofStep: step, of: steps) {
      left -= self.passes(ofStep: step, of: steps)
      step += 1
    }
    return step
  }
}
