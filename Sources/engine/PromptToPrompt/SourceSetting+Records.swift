public import EditJobs
import Layers
public import RunMeasures
import StableDiffusion
import Tensors

extension SourceSetting {
  /// What the trajectory file of a unit of this source says of itself.
  ///
  /// - Parameters:
  ///   - fingerprint: whose arithmetic makes it: mode, revision, kernels.
  ///   - isSource: whether it is the source's own, where a photograph's inversion comes first.
  public func header(
    key: Key, fingerprint: String, isSource: Bool = false
  ) -> TrajectoryHeader {
    TrajectoryHeader(
      key: key, fingerprint: fingerprint, latents: latentShape,
      sums: sumShape,
      sites: catalogue.entries.map(\.site.description), passes: passes,
      inversion: isSource && spec.photograph != nil ? spec.inversionSteps : nil)
  }

  /// Tokens, rows and columns of the running sums.
  var sumShape: [Int] { [textLength, catalogue.control.rows, catalogue.control.columns] }

  /// Where a unit stands, as a record in plain numbers.
  public func record(of unit: UnitRun) -> TrajectoryRecord {
    TrajectoryRecord(
      pass: unit.pass, latents: backend.download(unit.run.latents),
      sums: backend.download(unit.sum.value),
      injected: catalogue.entries.map { UInt32(unit.injected.columns[$0.site] ?? 0) },
      counters: unit.run.sampler.counters,
      tensors: unit.run.sampler.tensors.mapValues {
        TrajectoryRecord.NamedTensor(shape: $0.shape, values: backend.download($0))
      })
  }

  /// A unit that stands where a record says; the record fits `header` (`precondition`).
  public func unit(from record: TrajectoryRecord) -> UnitRun {
    let queries = catalogue.control.rows * catalogue.control.columns
    var state = SamplerState()
    state.counters = record.counters
    state.tensors = record.tensors.mapValues { backend.upload($0.values, shape: $0.shape) }
    let columns = zip(catalogue.entries, record.injected).map { ($0.site, Int($1)) }
    return UnitRun(
      run: DenoisingRun(
        latents: backend.upload(record.latents, shape: latentShape), sampler: state,
        pass: record.pass),
      sum: RunningSum(backend.upload(record.sums, shape: [textLength, queries])),
      injected: InjectionReport(columns: Dictionary(uniqueKeysWithValues: columns)))
  }
}
