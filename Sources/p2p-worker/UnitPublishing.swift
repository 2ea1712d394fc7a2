import EditJobs
import Imaging
import PromptToPrompt
import ResultFiles
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
    try folder.publish([try request(edit)], as: folder.request)
    let maps = MeanMaps(
      sums: last.sums, shape: attempt.writer.header.sums, steps: order.source.steps)
    try folder.publish(maps.chunks(key: folder.key), as: folder.meanMaps)
    let files = [folder.picture, folder.request, folder.meanMaps, folder.trajectory]
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

  private func request(_ edit: ResolvedEdit?) throws -> [UInt8] {
    guard let edit else { return try SourceRequest(order.source).bytes() }
    return try VariantRequest(source: order.source, edit: edit).bytes()
  }
}
