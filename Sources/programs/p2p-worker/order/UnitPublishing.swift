import EditJobs
import Files
import Foundation
import Imaging
import PromptToPrompt
import ResultFiles
import RunMeasures
import StableDiffusion
import Tensors

extension OrderContext {
  /// Writes everything that a finished unit shows, the manifest last, and says so.
  ///
  /// All of it comes from the trajectory, so it is the same after a kill. Throws what decoding,
  /// checking (law 6) and writing throw.
  func publish(_ attempt: UnitAttempt, edit: ResolvedEdit? = nil) throws {
    let folder = attempt.folder
    enter(.decode, folder.key)
    try sync([attempt])
    let trajectory = try TrajectoryReader(path: folder.trajectory)
    guard let last = trajectory.record(setting.passes) else {
      throw EditError(
        "trajectory-damaged", .temporary,
        "\(folder.trajectory) does not hold \(setting.passes) passes")
    }
    if let edit {
      let columns = (1...max(1, setting.passes)).reduce(0) { sum, pass in
        (trajectory.record(pass)?.injected ?? []).reduce(sum) { $0 + Int($1) }
      }
      try InjectionReport.check(edit, columns: columns)
    }
    let picture = try picture(last, edit)
    enter(.publish, folder.key)
    try folder.publish([try picture.encoded()], as: folder.picture)
    let measures = try edit.map { try self.measures($0, trajectory, picture.pixels) }
    try folder.publish([try request(edit, measures)], as: folder.request)
    let maps = MeanMaps(
      sums: last.sums, shape: attempt.writer.header.sums, steps: order.source.steps)
    try folder.publish(
      maps.chunks(key: folder.key, numerics: engine.fingerprint), as: folder.meanMaps)
    var files = [folder.picture, folder.request, folder.meanMaps, folder.trajectory]
    if let edit, let mask = try mask(edit, trajectory) {
      try folder.publish([mask], as: folder.mask)
      files.append(folder.mask)
    }
    let manifest = try Manifest(
      folder, files: files.map { String($0.dropFirst(folder.path.count + 1)) },
      pixels: Digest(of: picture.pixels.bytes))
    let bytes = try manifest.bytes()
    try folder.publish([bytes], as: folder.manifest)
    report.done(folder.key, manifest: Digest(of: bytes))
  }

  private func picture(_ last: TrajectoryRecord, _ edit: ResolvedEdit?) throws -> PNGFile {
    let planes = setting.model.decode(setting.unit(from: last).run.latents)  // (3, H, W)
    let pixels = PixelBuffer(
      planes: setting.backend.download(planes), width: order.source.width,
      height: order.source.height)
    return PNGFile(pixels: pixels, texts: try PictureTexts.texts(order.source, edit: edit))
  }

  private func measures(
    _ edit: ResolvedEdit, _ variant: TrajectoryReader, _ pixels: PixelBuffer
  ) throws -> Measures {
    let original = try PNGFile(decoding: Array(Data(contentsOf: URL(filePath: source.picture))))
    return try VariantMeasuring(self, edit, variant).measures(pixels, against: original.pixels)
  }

  /// The picture of the last mask of a blended variant: white where it may differ from its source.
  private func mask(
    _ edit: ResolvedEdit, _ variant: TrajectoryReader
  ) throws -> [UInt8]? {
    guard edit.blend != nil else { return nil }
    let history = BlendHistory(
      edit, sampler: order.source.sampler,
      source: try trajectory.opened(), variant: variant)
    guard let mask = history?.last else { throw SourceTrajectory.missing(source) }
    let (width, height) = (order.source.width, order.source.height)
    let bytes = mask.repeated(rows: height, columns: width).map { $0 ? UInt8.max : 0 }
    return try PNGFile.encoded(grey: bytes, width: width, height: height)
  }

  private func request(_ edit: ResolvedEdit?, _ measures: Measures?) throws -> [UInt8] {
    guard let edit else { return try SourceRequest(order.source).bytes() }
    return try VariantRequest(source: order.source, edit: edit, measures: measures).bytes()
  }
}
