import EditJobs
import Layers
import PromptToPrompt
import ResultFiles
import StableDiffusion

/// What all work on one order shares.
final class OrderContext {
  let engine: Engine
  let order: WorkOrder
  let setting: SourceSetting
  let report: OrderReport
  let results: ResultFolder
  private let commands: CommandQueue
  private let ledger = EvaluationLedger()
  private var throttle = SyncThrottle()
  private var contexts: [String: TextStates] = [:]
  private var noise: [Float]?
  private var negative: TextStates?
  /// The states of the order's source, for everything that is made from them.
  let trajectory: SourceTrajectory

  init(
    _ engine: Engine, _ order: WorkOrder, _ setting: SourceSetting, _ report: OrderReport,
    _ commands: CommandQueue
  ) {
    (self.engine, self.order, self.setting) = (engine, order, setting)
    (self.report, self.commands) = (report, commands)
    results = ResultFolder(order.results)
    trajectory = SourceTrajectory(
      results.source(order.sourceKey), fingerprint: engine.fingerprint)
  }

  /// The order's source.
  var source: UnitFolder { results.source(order.sourceKey) }

  /// Whether everything is to be left at the next step edge.
  var isStopping: Bool { commands.isStopping }

  /// Whether a unit is to be left at the next step edge.
  func takesDrop(of unit: Key) -> Bool { commands.takesDrop(of: unit) }

  /// A phase of the work on a unit begins.
  func enter(_ phase: WorkerPhase, _ unit: Key) {
    engine.heart.enter(phase, token: order.token, unit: unit)
  }

  /// The noise that the inversion of the order's photograph found; throws `source-missing` (transient).
  func invertedNoise() throws -> [Float] {
    let noise = try noise ?? trajectory.latents(0)
    self.noise = noise
    return noise
  }

  /// The text of a prompt and of what the unconditional branch sees.
  func context(_ prompt: String, unit: Key, name: String) throws -> LaneContext {
    enter(.encode, unit)
    let conditional = try states(prompt, name: name)
    guard setting.denoiser.guidance.isGuided else {
      return LaneContext(conditional: conditional, unconditional: conditional)
    }
    let unconditional =
      try negative ?? engine.prompts.encodeNegative(order.source.unconditionalPrompt)
    negative = unconditional
    return LaneContext(conditional: conditional, unconditional: unconditional)
  }

  private func states(_ prompt: String, name: String) throws -> TextStates {
    if let known = contexts[prompt] { return known }
    let states = try engine.encode(prompt, name: name)
    contexts[prompt] = states
    return states
  }

  /// Where a unit of the order stands after `pass` passes; a photograph's inversion has steps, too.
  func place(after pass: Int) -> UnitReport.Place {
    let step =
      order.variants.isEmpty
      ? order.source.completeSteps(at: pass)
      : setting.denoiser.sampler.completeSteps(after: pass)
    return UnitReport.Place(pass: pass, step: step)
  }

  /// Whether no step is half done after `pass` passes.
  func isStepEdge(_ pass: Int) -> Bool {
    pass <= 0 || setting.denoiser.sampler.completesStep(pass - 1)
  }

  /// The passes that are done when `step` steps are.
  func pass(atStep step: Int) -> Int {
    setting.denoiser.sampler.passes(completing: step)
  }

  /// Writes where a unit stands: counted first, then written, then told.
  func append(
    _ unit: UnitRun, to attempt: UnitAttempt, evaluations: Int, milliseconds: Double
  ) throws {
    try ledger?.add(unit: attempt.folder.key, pass: unit.pass, evaluations: evaluations)
    try attempt.writer.append(setting.record(of: unit))
    report.step(
      attempt.folder.key, at: place(after: unit.pass), evaluations: evaluations,
      milliseconds: milliseconds)
  }

  /// Brings records to the disk where the time has come.
  func syncIfDue(_ attempts: [UnitAttempt]) throws {
    try throttle.syncIfDue(attempts.map(\.writer))
  }

  /// Brings records to the disk.
  func sync(_ attempts: [UnitAttempt]) throws { try throttle.sync(attempts.map(\.writer)) }
}
