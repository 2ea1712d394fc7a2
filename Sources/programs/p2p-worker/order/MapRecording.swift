import EditJobs
import PromptToPrompt
import ResultFiles
import Tensors

/// Stores a source's maps as long as they fit what they may take on the disk.
struct MapRecording {
  private let engine: Engine
  private let folder: UnitFolder
  private let setting: SourceSetting
  private let budget: Int64
  private let bytesPerPass: Int64
  private var hasFailed = false

  /// Begins an attempt at a source, whose lock this process has.
  init(_ context: OrderContext, _ setting: SourceSetting) {
    (engine, folder, self.setting) = (context.engine, context.source, setting)
    budget = context.order.mapsBudget
    bytesPerPass = Int64(setting.catalogue.mapBytes(setting.spec.maps))
  }

  /// Whether the maps of a pass are stored: a prefix of the passes that fits. An inversion has none.
  private func takes(pass: Int) -> Bool {
    pass >= 0 && !hasFailed && bytesPerPass > 0 && budget / bytesPerPass > Int64(pass)
  }

  /// Makes a pass and writes its maps meanwhile, each as soon as it is made; they are in their place
  /// when this returns. Where writing fails the run goes on without, since maps can be made again.
  ///
  /// Throws what `advance` throws; then nothing is left of the pass's maps.
  mutating func record<Result>(
    pass: Int, _ advance: (_ keep: ((AttentionSite, Tensor) -> Void)?) throws -> Result
  ) throws -> Result {
    guard takes(pass: pass) else { return try advance(nil) }
    let writer = MapFileWriter(
      setting.keptMaps, source: folder, pass: pass, numerics: setting.spec.fingerprint)
    let (engine, backend) = (engine, setting.backend)
    let result: Result
    do {
      result = try advance { site, map in
        engine.aside { backend.withBytes(of: map) { writer.write(site.description, $0) } }
      }
    } catch {
      engine.finishAside()
      writer.abandon()
      throw error
    }
    engine.finishAside()
    do {
      try writer.finish()
    } catch {
      hasFailed = true
      Log.write("no more maps of \(folder.key.short) are stored: \(error)")
    }
    return result
  }
}
